import { createHash } from "node:crypto";
import { createRequire } from "node:module";
// Known by name are the scripts that have been loaded: all of them.
import "../../packages/store/src/index.ts";
import { scriptNamed } from "../../packages/store/src/scripts/script.ts";

/** BullMQ does not export its scripts, but they lie in its package: name and text of each. */
const BULLMQ_SCRIPTS = createRequire(import.meta.url)("bullmq/dist/cjs/scripts/index.js") as Readonly<
  Record<string, { readonly name: string; readonly content: string }>
>;

const bullmqNameBySha = new Map(Object.values(BULLMQ_SCRIPTS).map(({ name, content }) => [sha1(content), name]));

/** Which script an `EVALSHA` or `EVAL` runs: the file of one of ours, such as `append.lua`, or BullMQ's name of its own. */
export function scriptOf(command: string, script: Buffer | undefined): string | undefined {
  if (script === undefined || (command !== "EVALSHA" && command !== "EVAL")) return undefined;
  const sha = command === "EVALSHA" ? String(script) : sha1(script);
  return scriptNamed(sha) ?? bullmqNameBySha.get(sha);
}

function sha1(text: string | Buffer): string {
  return createHash("sha1").update(text).digest("hex");
}
