/** The stored text of some events, in order, of one group of one request. */
export interface Chunk {
  /** The events' original texts, joined by single commas. */
  readonly data: Buffer;
  /** For each event, the offset in `data` just behind it: unsigned 32-bit little-endian numbers, one after another. */
  readonly ends: Buffer;
  readonly events: number;
}
