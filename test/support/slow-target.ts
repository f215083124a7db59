import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A target that takes each body drop by drop until it is told to hurry, and answers 200 at its end. */
export interface SlowTarget {
  readonly url: string;
  /** Connections on which a body is under way. */
  readonly uploads: () => number;
  /** The fewest bytes that any of those has taken so far; 0 when there are none. */
  readonly slowestBytes: () => number;
  readonly bodies: () => number;
  readonly bodyBytes: () => number;
  /** From now on everything is taken as fast as it comes. */
  hurry(): void;
  /** From now on everything is taken drop by drop again. */
  dawdle(): void;
  close(): Promise<void>;
}

interface Upload {
  head: string;
  /** Of the request under way; undefined until its head has come. */
  leftBytes: number | undefined;
  takenBytes: number;
}

const DROP_EVERY_MS = 250;
const HEAD_END = "\r\n\r\n";

export async function startSlowTarget(): Promise<SlowTarget> {
  const uploads = new Map<Socket, Upload>();
  let isHurrying = false;
  let [bodies, bodyBytes] = [0, 0];

  const takeBody = (socket: Socket, upload: Upload, part: Buffer): void => {
    upload.takenBytes += part.length;
    upload.leftBytes = (upload.leftBytes ?? 0) - part.length;
    bodyBytes += part.length;
    if (upload.leftBytes > 0) return;
    bodies++;
    uploads.set(socket, { head: "", leftBytes: undefined, takenBytes: 0 });
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  };

  const take = (socket: Socket): void => {
    const part = socket.read() as Buffer | null;
    const upload = uploads.get(socket);
    if (part === null || upload === undefined) return;
    if (upload.leftBytes !== undefined) return takeBody(socket, upload, part);
    upload.head += part.toString("latin1");
    const end = upload.head.indexOf(HEAD_END);
    if (end < 0) return;
    upload.leftBytes = Number(/content-length: (\d+)/i.exec(upload.head)?.[1]);
    takeBody(socket, upload, Buffer.from(upload.head.slice(end + HEAD_END.length), "latin1"));
  };

  const server = createServer((socket) => {
    uploads.set(socket, { head: "", leftBytes: undefined, takenBytes: 0 });
    socket.on("error", () => undefined);
    socket.on("close", () => uploads.delete(socket));
    socket.on("readable", () => {
      if (isHurrying) take(socket);
    });
  });
  const drops = setInterval(() => {
    for (const socket of uploads.keys()) take(socket);
  }, DROP_EVERY_MS);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const underWay = (): Upload[] => [...uploads.values()].filter(({ leftBytes }) => leftBytes !== undefined);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    uploads: () => underWay().length,
    slowestBytes: () => underWay().reduce((least, { takenBytes }) => Math.min(least, takenBytes), Infinity),
    bodies: () => bodies,
    bodyBytes: () => bodyBytes,
    hurry: () => {
      isHurrying = true;
      for (const socket of uploads.keys()) take(socket);
    },
    dawdle: () => {
      isHurrying = false;
    },
    close: async () => {
      clearInterval(drops);
      for (const socket of uploads.keys()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
