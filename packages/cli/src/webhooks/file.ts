import { chmod, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { STANDARD } from "./options.ts";

type Env = Readonly<Record<string, string | undefined>>;

export type ReadText =
  | { readonly kind: "ok"; readonly text: string }
  | { readonly kind: "bad"; readonly message: string };

/** The text of the file that a command line names. */
export async function readInput(file: string, env: Env, stdin: NodeJS.ReadableStream): Promise<ReadText> {
  try {
    return { kind: "ok", text: file === STANDARD ? await text(stdin) : await readFile(pathOf(file, env), "utf8") };
  } catch (error) {
    return { kind: "bad", message: `${file} cannot be read (${codeOf(error)}): give a file that is there` };
  }
}

/** Writes what is for its owner's eyes only so that nobody else can read it. Resolves to what went wrong. */
export async function writeOutput(
  { file, content, isSecret }: { readonly file: string; readonly content: string; readonly isSecret: boolean },
  env: Env,
): Promise<string | undefined> {
  const path = pathOf(file, env);
  try {
    // A file that is there keeps its mode, and would show the secrets for a moment.
    if (isSecret) await chmod(path, 0o600).catch(() => undefined);
    await writeFile(path, content, isSecret ? { mode: 0o600 } : {});
    return undefined;
  } catch (error) {
    return `${file} cannot be written (${codeOf(error)})`;
  }
}

/** npm runs commands in the folder of its package.json, and tells where it was called. */
function pathOf(file: string, env: Env): string {
  return resolve(env["INIT_CWD"] ?? "", file);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
