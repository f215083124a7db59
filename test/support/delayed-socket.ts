import type { Socket } from "node:net";

/** The writing side of a socket that can be slow and can stand still; the order of what is sent stays. */
export interface DelayedSocket {
  send(bytes: Buffer): void;
  /** Keeps what is sent from now on, and what is still on its way, until `go`. */
  stop(): void;
  go(): void;
  /** Sends what is on its way and ends the connection; what it stands still with is lost. */
  end(): void;
}

export function createDelayedSocket(socket: Socket, latencyMs: () => number): DelayedSocket {
  const waiting: { readonly bytes: Buffer; readonly dueMs: number }[] = [];
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  const pump = (): void => {
    clearTimeout(timer);
    for (let first = waiting[0]; first !== undefined && !isStopped; first = waiting[0]) {
      const waitMs = first.dueMs - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(pump, Math.ceil(waitMs));
        return;
      }
      waiting.shift();
      if (socket.writable) socket.write(first.bytes);
    }
  };

  socket.on("close", () => {
    waiting.length = 0;
    clearTimeout(timer);
  });
  return {
    send: (bytes) => {
      // What is on its way already is never overtaken.
      const dueMs = Math.max(performance.now() + latencyMs(), waiting.at(-1)?.dueMs ?? 0);
      waiting.push({ bytes, dueMs });
      pump();
    },
    stop: () => {
      isStopped = true;
    },
    go: () => {
      isStopped = false;
      pump();
    },
    end: () => {
      if (isStopped) {
        socket.destroy();
        return;
      }
      for (const { bytes } of waiting.splice(0)) if (socket.writable) socket.write(bytes);
      socket.end();
    },
  };
}
