import { Redis } from "ioredis";

/** One command to the server on a port of loopback; resolves to its answer. */
export async function ask(port: number, name: string, ...args: readonly (string | number)[]): Promise<unknown> {
  const redis = new Redis(port, "127.0.0.1", { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return await redis.call(name, ...args);
  } finally {
    redis.disconnect();
  }
}

/** A line of what `INFO`, or something like it, tells of a server; `undefined` while it does not answer. */
export async function told(port: number, section: readonly string[], line: string): Promise<string | undefined> {
  const [name = "INFO", ...args] = section;
  const text = String(await ask(port, name, ...args).catch(() => ""));
  return new RegExp(`^${line}:(.*?)\\r?$`, "m").exec(text)?.[1];
}
