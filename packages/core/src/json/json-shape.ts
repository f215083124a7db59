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

const STRING = /"(?:[^"\\]|\\.)*"/gsy;
const COLON = /\s*:/y;

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
      STRING.lastIndex = at;
      const string = STRING.exec(text)?.[0];
      if (string === undefined) break;
      at += string.length - 1;
      COLON.lastIndex = at + 1;
      if (level?.names === undefined || !COLON.test(text)) continue;
      level.name = unquoted(string);
      if (level.names.has(level.name)) duplicate ??= join(level.path, level.name);
      level.names.add(level.name);
    }
  }
  return { depth: deepest, duplicate };
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
