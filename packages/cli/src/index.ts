export { createEventSource } from "./simulate/event-source.ts";
export type { EventSource } from "./simulate/event-source.ts";
