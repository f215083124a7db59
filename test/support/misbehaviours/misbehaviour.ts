import type { Socket } from "node:net";
import type { MisbehavingTarget, Play, Visit } from "../misbehaving-target.ts";
import type { SeenRequest } from "../request-reader.ts";
import type { SelfSigned } from "../self-signed.ts";

/** What the API and the log show of the attempt that the target misbehaved at. */
export type Shown =
  /** A 2xx counts whatever comes with it: there is no second attempt. */
  | { readonly kind: "delivered"; readonly status: number; readonly body?: unknown }
  | { readonly kind: "answered"; readonly status: number; readonly message?: string; readonly body?: unknown }
  | {
      readonly kind: "unreachable";
      /** The log's word for it. */
      readonly outcome: string;
      /** A pattern where the platform's code depends on which of two things it comes to know first. */
      readonly errorCode: string | RegExp;
      readonly message: RegExp;
    };

/** One thing that a target may do wrong, or at least unusually. */
export interface Misbehaviour {
  /** Goes on after "a target that". */
  readonly name: string;
  /** What it does once; a target is unless told otherwise one that is there. */
  readonly play: Play;
  readonly shown: Shown;
  /** How large the batch's one event is at least. */
  readonly eventBytes?: number;
  /** The target misbehaves at the second batch on a connection, not at the first thing on a new one. */
  readonly isOnKept?: boolean;
  /** The certificates that the target serves with and those that its webhook trusts. */
  readonly tls?: { readonly serves: SelfSigned; readonly trusts: readonly SelfSigned[] };
  /** Misbehaves by something else than what it does on a connection; resolves to what ends it. */
  readonly upset?: (target: MisbehavingTarget) => Promise<() => Promise<void>>;
  /** When the batch is tried again, counted from the attempt; by the schedule unless given. */
  readonly retriedAfterMs?: readonly [atLeast: number, atMost: number];
  /** Nobody waits for the time of the next attempt: a person asks for it. */
  readonly isRetriedByHand?: boolean;
  /** Looks at the requests that the target has read, in order. */
  readonly check?: (requests: readonly SeenRequest[]) => void;
}

/** Reads the request, then writes the text, byte for byte. */
export function answers(text: string): Play {
  return async ({ socket, request }) => {
    await request.whole();
    socket.write(text, "latin1");
  };
}

/** The same, and ends the connection: some answers have no other end. */
export function answersAndCloses(text: string): Play {
  return async ({ socket, request }) => {
    await request.whole();
    socket.end(text, "latin1");
  };
}

/** Resolves when the connection has ended. */
export async function closed(socket: Socket): Promise<void> {
  if (!socket.destroyed) await new Promise((resolve) => socket.once("close", resolve));
}

/** Reads the request and does no more until the connection ends. */
export async function readsAndWaits({ socket, request }: Visit): Promise<void> {
  await request.whole();
  await closed(socket);
}

const DRIP_EVERY_MS = 100;

/** Writes a byte at a time for as long as the other side listens. */
export async function drips(socket: Socket, text: string): Promise<void> {
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ""), DRIP_EVERY_MS);
  await closed(socket);
  clearInterval(timer);
}

/** Writes the text again and again, as fast as it is taken, for as long as the other side listens. */
export async function floods(socket: Socket, text: string): Promise<void> {
  const more = (): void => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on("drain", more);
  more();
  await closed(socket);
}

export const RESET: Shown = {
  kind: "unreachable",
  outcome: "reset",
  errorCode: "ECONNRESET",
  message: /^The target closed the connection before it had answered: /,
};
export const TIMEOUT: Shown = {
  kind: "unreachable",
  outcome: "timeout",
  errorCode: "ETIMEDOUT",
  message: /^The target did not answer in time: no answer within the time of an attempt$/,
};
/** An answer that the parser refuses, by its code. */
export function noHttp(errorCode: string): Shown {
  return { kind: "unreachable", outcome: "protocol", errorCode, message: /^The target's answer is not valid HTTP: / };
}
export function noTls(errorCode: string | RegExp): Shown {
  return {
    kind: "unreachable",
    outcome: "tls",
    errorCode,
    message: /^No trusted TLS connection to the target could be made: /,
  };
}
