import { setFlagsFromString } from "node:v8";

/**
 * Lets the heap grow to four times what is alive before all of it is collected.
 *
 * Requests and batches pass through buffers outside of the heap, and V8 counts these against the room that the heap has to
 * grow. It gives little room to a process that makes few objects: some MB here, beside a heap of 25 MB, so that each batch
 * of 9 MB brought several collections of everything, and a worker under a moderate load spent more than half of its CPU
 * time on them. The small collections, which free the buffers, stay as they are, and so does the limit of the heap.
 */
export function letHeapGrow(): void {
  setFlagsFromString("--heap-growing-percent=300");
}
