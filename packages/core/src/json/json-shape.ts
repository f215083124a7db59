/** What `JSON.parse` hides of a text: how deep it nests, and names that it would silently fold into one. */
export interface JsonShape {
  readonly depth: number;
  /** The first name that an object has twice, with its path, e.g. `[2].custom_headers.x-key`. */
  readonly duplicate: string | undefined;
}

interface Level {
  /** The names seen so far; `undefined` in an array. */
  readonly names: Set<string> | undefined;
  readonly path: string;
  /** The name whose value comes next. */
  name: string;
  /** In an array: the position of the value that comes next. */
  index: number;
}

const WHITE = new Set([" ", "\t", "\n", "\r"]);

/**
 * Walks a text without recursion, so that no nesting can exhaust the stack; stops beyond `depthMax`. A text that is
 * no JSON gives some answer and no error: whether it is JSON is for `JSON.parse` to say.
 */
export function jsonShape(text: string, depthMax: number): JsonShape {
  const levels: Level[] = [];
  let deepest = 0;
  let duplicate: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    const level = levels.at(-1);
    if (character === "{" || character === "[") {
      levels.push({ names: character === "{" ? new Set() : undefined, path: pathIn(level), name: "", index: 0 });
      deepest = Math.max(deepest, levels.length);
      if (deepest > depthMax) return { depth: deepest, duplicate };
    } else if (character === "}" || character === "]") {
      levels.pop();
    } else if (character === ",") {
      if (level !== undefined) level.index += 1;
    } else if (character === '"') {
      const start = at;
      at = endOfString(text, start);
      if (level?.names === undefined || !isName(text, at + 1)) continue;
      level.name = unquoted(text.slice(start, at + 1));
      if (level.names.has(level.name)) duplicate ??= join(level.path, level.name);
      level.names.add(level.name);
    }
  }
  return { depth: deepest, duplicate };
}

/** Offset of the quote that ends the string at `start`, or of the text's end. A pattern would run out of stack. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

/** True when a colon comes next. */
function isName(text: string, behind: number): boolean {
  let at = behind;
  while (WHITE.has(text[at] ?? "")) at++;
  return text[at] === ":";
}

/** The path of the value that comes next in a level. */
function pathIn(level: Level | undefined): string {
  if (level === undefined) return "";
  return level.names === undefined ? `${level.path}[${level.index}]` : join(level.path, level.name);
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** `"\u0061"` and `"a"` are the same name. */
function unquoted(string: string): string {
  try {
    return JSON.parse(string) as string;
  } catch {
    return string;
  }
}
