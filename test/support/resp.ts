/** One complete message of Redis' protocol: a request, or a reply with all that is nested in it. */
export interface RespFrame {
  readonly raw: Buffer;
  /** The parts of a flat array of strings, as every request is one; empty for what is something else. */
  readonly parts: readonly Buffer[];
}

/** Where a message ends; negative: it is not complete before there are that many bytes. */
type Extent = number;

/** `_\r\n` */
const LINE_MIN_BYTES = 3;

/** Cuts a stream into messages; bytes of one that is not complete yet are kept. */
export function createRespReader(onFrame: (frame: RespFrame) => void): (bytes: Buffer) => void {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let neededBytes = LINE_MIN_BYTES;

  return (bytes) => {
    kept.push(bytes);
    keptBytes += bytes.length;
    // A large string comes in many pieces: they are put together once.
    if (keptBytes < neededBytes) return;
    const all = Buffer.concat(kept);
    let from = 0;
    neededBytes = LINE_MIN_BYTES;
    while (from < all.length) {
      const parts: Buffer[] = [];
      const end = extent(all, from, parts);
      if (end < 0) {
        neededBytes = -end - from;
        break;
      }
      onFrame({ raw: all.subarray(from, end), parts });
      from = end;
    }
    const rest = all.subarray(from);
    kept = rest.length === 0 ? [] : [rest];
    keptBytes = rest.length;
  };
}

/** Finds the end of the message at `from`; strings of the outermost array are put into `parts`. */
function extent(bytes: Buffer, from: number, parts?: Buffer[]): Extent {
  const lineEnd = bytes.indexOf("\r\n", from);
  if (lineEnd < 0) return -(bytes.length + 1);
  const body = lineEnd + 2;
  const kind = String.fromCharCode(bytes[from] ?? 0);
  const count = Number(bytes.toString("latin1", from + 1, lineEnd));
  switch (kind) {
    case "$":
    case "!":
    case "=": {
      if (count < 0) return body;
      const end = body + count + 2;
      if (end > bytes.length) return -end;
      parts?.push(bytes.subarray(body, body + count));
      return end;
    }
    case "*":
    case "~":
    case ">":
      return nested(bytes, body, Math.max(0, count), parts);
    case "%":
    case "|":
      return nested(bytes, body, 2 * count);
    default:
      return body;
  }
}

function nested(bytes: Buffer, from: number, count: number, parts?: Buffer[]): Extent {
  let at = from;
  for (let index = 0; index < count; index++) {
    if (at >= bytes.length) return -(at + LINE_MIN_BYTES);
    at = extent(bytes, at, parts);
    if (at < 0) return at;
  }
  return at;
}
