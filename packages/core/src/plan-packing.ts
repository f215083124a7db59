/** A range of a waiting batch, with what is known of its chunk. */
export interface StoredRange {
  readonly chunk: string;
  readonly firstByte: number;
  readonly endByte: number;
  readonly events: number;
  /** Ranges of this and other batches that refer to the chunk. */
  readonly users: number;
  readonly textBytes: number;
  /** What is stored of that: less when it is packed. `undefined` = an earlier version stored it and nobody counted. */
  readonly storedBytes: number | undefined;
}

/** What to do with the next ranges of a batch. */
export type PackingStep<Range extends StoredRange = StoredRange> =
  /** Their texts become one packed chunk. */
  | { readonly kind: "merge"; readonly ranges: readonly Range[] }
  /** Its chunk is packed where it is. */
  | { readonly kind: "pack"; readonly range: Range }
  /** It is worth packing once others have let go of the chunk: `later`. */
  | { readonly kind: "leave"; readonly range: Range; readonly later: boolean };

interface PlanOptions {
  /** The texts that are merged come to no more than this; a chunk with a longer text lies in pieces. */
  readonly mergedBytesMax: number;
  /** No ranges follow. */
  readonly isEnd: boolean;
  /** Others have had their time to let go of chunks. */
  readonly isAgain: boolean;
}

/** A shorter text packs much better together with its neighbours. */
const SMALL_BYTES = 64 * 1024;

/**
 * What to do with consecutive ranges of a batch to make them small, in their order. Where more ranges follow, the last
 * ones may be left to the next plan, which knows their neighbours.
 */
export function planPacking<Range extends StoredRange>(
  ranges: readonly Range[],
  { mergedBytesMax, isEnd, isAgain }: PlanOptions,
): PackingStep<Range>[] {
  const steps: PackingStep<Range>[] = [];
  let run: Range[] = [];
  let runBytes = 0;

  const endRun = (): void => {
    const [first, second] = run;
    if (first !== undefined) steps.push(second === undefined ? alone(first, isAgain) : { kind: "merge", ranges: run });
    run = [];
    runBytes = 0;
  };

  for (const range of ranges) {
    const bytes = range.endByte - range.firstByte + 1;
    if (!mayMerge(range) || range.textBytes > mergedBytesMax) {
      endRun();
      steps.push(alone(range, isAgain));
      continue;
    }
    if (runBytes + bytes > mergedBytesMax) endRun();
    run.push(range);
    runBytes += bytes;
  }
  if (isEnd || steps.length === 0) endRun();
  return steps;
}

function mayMerge({ users, textBytes, storedBytes }: StoredRange): boolean {
  return users === 1 && storedBytes !== undefined && (storedBytes === textBytes || textBytes < SMALL_BYTES);
}

function alone<Range extends StoredRange>(range: Range, isAgain: boolean): PackingStep<Range> {
  const { users, textBytes, storedBytes } = range;
  if (storedBytes === undefined) return { kind: "leave", range, later: false };
  if (users > 1 && textBytes < SMALL_BYTES && !isAgain) return { kind: "leave", range, later: true };
  return storedBytes < textBytes ? { kind: "leave", range, later: false } : { kind: "pack", range };
}

/** What packing saves of a range's bytes, when `storedBytes` of its chunk's text are stored. */
export function savedBytes(range: StoredRange, storedBytes: number): number {
  const { firstByte, endByte, textBytes } = range;
  return Math.max(0, Math.floor((endByte - firstByte) * (1 - storedBytes / textBytes)));
}
