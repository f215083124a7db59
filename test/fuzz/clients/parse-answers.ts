import type { SeenAnswer } from "../../support/answer-shape.ts";

/** What came back on a connection. */
export interface ParsedAnswers {
  readonly answers: readonly SeenAnswer[];
  /** What is left behind them: nothing, or the beginning of another, or what is no answer. */
  readonly rest: Buffer;
}

const HEAD_END = "\r\n\r\n";

/** Reads answers as the API writes them, with a `Content-Length`; none of them may be one to HEAD. */
export function parseAnswers(bytes: Buffer): ParsedAnswers {
  const answers: SeenAnswer[] = [];
  let at = 0;
  for (;;) {
    const headEnd = bytes.indexOf(HEAD_END, at);
    if (headEnd < 0) break;
    const [statusLine = "", ...lines] = bytes.subarray(at, headEnd).toString("latin1").split("\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
    if (Number.isNaN(status)) break;
    const headers = new Map(lines.map((line) => headerIn(line)));
    const bodyStart = headEnd + HEAD_END.length;
    const bodyEnd = bodyStart + Number(headers.get("content-length") ?? 0);
    if (bytes.length < bodyEnd) break;
    at = bodyEnd;
    // 100 Continue is no answer yet.
    if (status < 200) continue;
    const text = bytes.subarray(bodyStart, bodyEnd).toString("utf8");
    answers.push({ status, header: (name) => headers.get(name), text });
  }
  return { answers, rest: bytes.subarray(at) };
}

function headerIn(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
