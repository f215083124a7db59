/** A reload that was made by itself. */
export interface OwnReload {
  readonly path: string;
  readonly atMs: number;
}

/** What helps once helps at once: a page that still does not come is not loaded for ever. */
const NOT_AGAIN_MS = 60_000;

export function mayReload(last: OwnReload | undefined, path: string, nowMs: number): boolean {
  return last === undefined || last.path !== path || nowMs - last.atMs >= NOT_AGAIN_MS;
}

export function readReload(text: string | null): OwnReload | undefined {
  if (text === null) return undefined;
  const [at = "", ...path] = text.split(" ");
  return { atMs: Number(at), path: path.join(" ") };
}

export function writeReload({ atMs, path }: OwnReload): string {
  return `${atMs} ${path}`;
}
