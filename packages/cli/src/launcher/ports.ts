import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Listens for a moment; resolves to the port, or to the system's error code. */
async function tryPort(port: number, host: string): Promise<number | string> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => {
      const { port: taken } = server.address() as AddressInfo;
      server.close(() => resolve(taken));
    });
  });
}

interface PortWish {
  /** The variable that sets it: `PORT` or `WORKER_PORT`. */
  readonly variable: string;
  readonly port: number;
  readonly host: string;
  /** How long a port may stay taken, because a process of an earlier run is about to end. */
  readonly patienceMs: number;
}

/** Makes sure that a port can be listened on, and picks one for `0`; throws with the variable to change. */
export async function claimPort({ variable, port, host, patienceMs }: PortWish): Promise<number> {
  for (let waitedMs = 0; ; waitedMs += 100) {
    const result = await tryPort(port, host);
    if (typeof result === "number") return result;
    if (result === "EADDRINUSE" && waitedMs < patienceMs) await delay(100);
    else throw new Error(explain(result, variable, port, host));
  }
}

function explain(code: string, variable: string, port: number, host: string): string {
  switch (code) {
    case "EADDRINUSE":
      return `${variable} ${port} on ${host} is taken by another process: stop that one, or choose another port, e.g. ${variable}=${port + 10} npm start`;
    case "EACCES":
      return `${variable} ${port} may not be listened on by this user: choose one above 1023, e.g. ${variable}=8080 npm start`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `HOST ${host} is no address of this machine: use 127.0.0.1 (this machine only) or 0.0.0.0 (every network)`;
    default:
      return `${variable} ${port} on ${host} cannot be listened on (${code}): choose other values for ${variable} and HOST`;
  }
}
