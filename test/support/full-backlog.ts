import { spawn } from "node:child_process";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { once } from "node:events";

/** Listens and then never returns to its event loop, so that nobody takes connections from the backlog. */
const LISTENER = `
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    require("node:fs").writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** A port of this machine on which connecting neither succeeds nor fails: its backlog is full. */
export async function startFullBacklog(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const child = spawn(process.execPath, ["-e", LISTENER], { stdio: ["ignore", "pipe", "inherit"] });
  const [output] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(output.toString());
  const fillers: Socket[] = [];
  for (let isFull = false; !isFull;) {
    if (fillers.length > 1_000) throw new Error(`the backlog of port ${port} never fills: try another platform`);
    const filler = connect(port, "127.0.0.1").on("error", () => undefined);
    fillers.push(filler);
    isFull = await Promise.race([
      once(filler, "connect").then(() => false),
      new Promise<boolean>((resolve) => setTimeout(resolve, 200, true)),
    ]);
  }
  return {
    port,
    stop: async () => {
      for (const filler of fillers) filler.destroy();
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
