import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArchiveFileName, sizeText } from "@posthorn/core";
import type { ArchiveFile } from "@posthorn/core";
import { table } from "../table.ts";
import type { ArchiveFilter } from "./options.ts";
import type { Told } from "./webhooks.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** A file of the archive, and where it is. */
export interface FoundFile extends ArchiveFile {
  readonly path: string;
}

/** The files that a filter means, in the order of their time. */
export async function findFiles(
  { dir: given, sinceMs = -Infinity, untilMs = Infinity }: ArchiveFilter,
  webhook: string | undefined,
  env: Env,
): Promise<Told<readonly FoundFile[]>> {
  const named = given ?? env["ARCHIVE_DIR"]?.trim();
  if (named === undefined || named === "") {
    return { kind: "failed", message: "There is no folder of the archive: give --dir or ARCHIVE_DIR" };
  }
  const dir = pathOf(named, env);
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (error) {
    return { kind: "failed", message: `${dir} cannot be read (${codeOf(error)}): give --dir or ARCHIVE_DIR` };
  }
  const files = names.toSorted().flatMap((name) => {
    const file = parseArchiveFileName(name);
    return file === undefined ? [] : [{ ...file, path: join(dir, name) }];
  });
  return {
    kind: "ok",
    value: files.filter(
      (file) =>
        file.endedAtMs >= sinceMs && file.endedAtMs <= untilMs && (webhook === undefined || file.webhook === webhook),
    ),
  };
}

/** The files of these names. */
export function namedFiles(names: readonly string[], env: Env): Told<readonly FoundFile[]> {
  const files = names.map((name) => ({ path: pathOf(name, env), file: parseArchiveFileName(basename(name)) }));
  const strange = files.filter(({ file }) => file === undefined).map(({ path }) => path);
  if (strange.length > 0) {
    return {
      kind: "failed",
      message: `The name of ${strange.join(", ")} does not say whose events it holds: give it the name that it had in the archive`,
    };
  }
  return { kind: "ok", value: files.flatMap(({ path, file }) => (file === undefined ? [] : [{ ...file, path }])) };
}

export async function fileTable(files: readonly FoundFile[]): Promise<string> {
  const sizes = await Promise.all(files.map(async ({ path }) => (await stat(path)).size));
  return table(
    ["GIVEN UP (UTC)", "WEBHOOK", "BATCH", "WHY", "SIZE"],
    files.map(({ endedAtMs, webhook, batch, why }, index) => [
      new Date(endedAtMs).toISOString().slice(0, 19).replace("T", " "),
      webhook,
      batch,
      why,
      sizeText(sizes[index] ?? 0),
    ]),
  );
}

/** npm runs commands in the folder of its package.json, and tells where it was called. */
function pathOf(file: string, env: Env): string {
  return resolve(env["INIT_CWD"] ?? "", file);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
