import { DomainError } from "@posthorn/core";

/** Bytes of event bodies that this process holds at the moment, bounded over all requests together. */
export interface InflightBytes {
  open(): InflightShare;
}

/** What one request holds. */
export interface InflightShare {
  /** Makes the share at least this large; throws `UNAVAILABLE`, and changes nothing, when there is no room. */
  reach(bytes: number): void;
  /** Gives everything back. */
  release(): void;
}

export function createInflightBytes(maxBytes: number): InflightBytes {
  let total = 0;
  return {
    open: () => {
      let own = 0;
      return {
        reach: (bytes) => {
          const more = bytes - own;
          if (more <= 0) return;
          // Alone, a request may always come in, or a body above the limit could never be sent.
          if (total + more > maxBytes && total > own) {
            throw new DomainError(
              "UNAVAILABLE",
              [{ message: "Too many events are being taken in at the same time: repeat the request" }],
              { retryAfterSeconds: 1 },
            );
          }
          total += more;
          own += more;
        },
        release: () => {
          total -= own;
          own = 0;
        },
      };
    },
  };
}
