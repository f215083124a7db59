import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { localUrl } from "./launcher/settings.ts";
import { parseOptions, USAGE } from "./receiver/options.ts";
import type { Options } from "./receiver/options.ts";
import { createTarget } from "./receiver/target.ts";

/** The command `receiver`: a target that prints what it gets, until SIGINT or SIGTERM. Returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const parsed = parseOptions(argv);
  switch (parsed.kind) {
    case "help":
      console.log(USAGE);
      return 0;
    case "mistakes":
      console.error(parsed.mistakes.join("\n"));
      return 2;
    case "options":
  }
  const { options } = parsed;
  const target = createTarget(options, (line) => console.log(line));
  try {
    await listen(target, options);
  } catch (error) {
    console.error(whyNotListening(error, options));
    return 1;
  }
  const { port } = target.address() as AddressInfo;
  console.log(`Listening on ${localUrl(options.host, port)}/ for batches; Ctrl-C ends it`);
  await untilSignal();
  const closed = new Promise((resolve) => target.close(resolve));
  target.closeAllConnections();
  await closed;
  return 0;
}

function listen(target: Server, { port, host }: Options): Promise<void> {
  return new Promise((resolve, reject) => {
    target.once("error", reject);
    target.listen(port, host, () => {
      target.off("error", reject);
      resolve();
    });
  });
}

function whyNotListening(error: unknown, { port, host }: Options): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") {
    return `Port ${port} is taken: end what listens there, or give another one, e.g. --port ${port + 1}`;
  }
  if (code === "EADDRNOTAVAIL") return `This machine has no address ${host}: give one that it has, e.g. --host 0.0.0.0`;
  if (code === "EACCES") return `Port ${port} is not allowed to you: give one from 1024, e.g. --port 9000`;
  return `Port ${port} cannot be listened on (${message}): give another one, e.g. --port 9000`;
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
      resolve();
    };
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  });
}
