import type { Socket } from "node:net";

/** One request as a target without HTTP of its own reads it from a connection. */
export interface RequestReader {
  /** Resolves to true when the first byte has come, to false when the connection has ended before. */
  begun(): Promise<boolean>;
  /** Resolves when the head has come; rejects when the connection ends before. */
  head(): Promise<string>;
  /** Resolves when the head and at least so many bytes of the body have come; rejects when the connection ends before. */
  bodyBytes(count: number): Promise<void>;
  /** Resolves when the whole request has come; rejects when the connection ends before. */
  whole(): Promise<void>;
  /** What has come so far; `undefined` until the head has. */
  seen(): SeenRequest | undefined;
}

export interface SeenRequest {
  readonly head: string;
  readonly batchId: string;
  /** All or the beginning of it. */
  readonly body: Buffer;
}

/** Reads nothing before it is asked to. The requests of a client that waits for each answer: nothing comes behind one. */
export function createRequestReader(socket: Socket): RequestReader {
  const parts: Buffer[] = [];
  let head: string | undefined;
  let receivedBytes = 0;
  let isReading = false;
  const waiting = new Set<() => void>();

  const notify = (): void => {
    for (const look of waiting) look();
  };
  const take = (part: Buffer): void => {
    parts.push(part);
    receivedBytes += part.length;
    if (head === undefined) {
      const all = Buffer.concat(parts);
      const end = all.indexOf("\r\n\r\n");
      if (end >= 0) head = all.subarray(0, end).toString("latin1");
    }
    notify();
  };
  const bodyStart = (): number => (head === undefined ? Infinity : head.length + 4);
  const wholeBytes = (): number => bodyStart() + Number(headerOf(head ?? "", "content-length") ?? 0);

  const until = (reached: () => boolean): Promise<boolean> => {
    if (!isReading) {
      isReading = true;
      socket.on("data", take);
      socket.once("close", notify);
      socket.once("end", notify);
    }
    return new Promise((resolve) => {
      const look = (): void => {
        const isReached = reached();
        if (!isReached && !socket.destroyed && !socket.readableEnded) return;
        waiting.delete(look);
        // The next request is another reader's.
        if (head !== undefined && receivedBytes >= wholeBytes()) socket.off("data", take);
        resolve(isReached);
      };
      waiting.add(look);
      look();
    });
  };
  const must = async (what: string, reached: () => boolean): Promise<void> => {
    if (!(await until(reached))) throw new Error(`the connection ended before ${what} had come`);
  };

  return {
    begun: () => until(() => receivedBytes > 0),
    head: async () => {
      await must("the head", () => head !== undefined);
      return head ?? "";
    },
    bodyBytes: (count) => must(`${count} bytes of the body`, () => receivedBytes >= bodyStart() + count),
    whole: () => must("the whole request", () => receivedBytes >= wholeBytes()),
    seen: () =>
      head === undefined
        ? undefined
        : {
            head,
            batchId: headerOf(head, "x-messagesystems-batch-id") ?? "",
            body: Buffer.concat(parts).subarray(bodyStart()),
          },
  };
}

/** The value of a header in a head, if it has it. */
export function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1]?.trim();
}
