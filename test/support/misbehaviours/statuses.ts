import { answers } from "./misbehaviour.ts";
import type { Misbehaviour } from "./misbehaviour.ts";

/** A status and headers, with nothing in the body. */
function head(status: string, ...headers: readonly string[]): string {
  return [`HTTP/1.1 ${status}`, ...headers, "Content-Length: 0", "", ""].join("\r\n");
}

/** Statuses that say no, each tried again by the schedule. */
const REFUSALS: readonly Misbehaviour[] = [
  "400 Bad Request",
  "401 Unauthorized",
  "404 Not Found",
  "410 Gone",
  "500 Internal Server Error",
].map((status) => ({
  name: `answers ${status}`,
  play: answers(head(status)),
  shown: { kind: "answered", status: Number.parseInt(status, 10) },
}));

/** Where it leads to is never called: the second request is the batch's second attempt, with the same line. */
const REDIRECTS: readonly Misbehaviour[] = [
  ["301 Moved Permanently", "/elsewhere"],
  ["302 Found", "http://169.254.169.254/latest/meta-data/"],
  ["307 Temporary Redirect", "/hook?a=1"],
  ["308 Permanent Redirect", "//127.0.0.1:1/"],
  ["304 Not Modified", "/elsewhere"],
].map(([status = "", location]) => ({
  name: `answers ${status} with the Location ${location}`,
  play: answers(head(status, `Location: ${location}`)),
  shown: {
    kind: "answered",
    status: Number.parseInt(status, 10),
    message: `The target answered ${Number.parseInt(status, 10)}; redirects are not followed`,
  },
  check: (requests) => {
    expect(requests.map(({ head: sent }) => sent.split("\r\n")[0])).toEqual(
      Array.from({ length: 2 }, () => "POST /hook?a=1 HTTP/1.1"),
    );
  },
}));

const DATE_IN_MS = 4_000;

/** What says when to come again. An HTTP date has whole seconds. */
const HOLDS: readonly Misbehaviour[] = [
  {
    name: "answers 429 and says after how many seconds to come again",
    play: answers(head("429 Too Many Requests", "Retry-After: 2")),
    shown: { kind: "answered", status: 429 },
    retriedAfterMs: [2_000, 2_000],
  },
  {
    name: "answers 429 and says when to come again",
    play: async (visit) => {
      const at = new Date(Date.now() + DATE_IN_MS).toUTCString();
      await answers(head("429 Too Many Requests", `Retry-After: ${at}`))(visit);
    },
    shown: { kind: "answered", status: 429 },
    retriedAfterMs: [DATE_IN_MS - 2_500, DATE_IN_MS],
  },
  ...["soon", "-5", "1e9", ""].map((value): Misbehaviour => ({
    name: `answers 429 and says to come again after ${JSON.stringify(value)}`,
    play: answers(head("429 Too Many Requests", `Retry-After: ${value}`)),
    shown: { kind: "answered", status: 429 },
  })),
  {
    name: "answers 503 and says to come again in three hundred years",
    play: answers(head("503 Service Unavailable", "Retry-After: 9999999999")),
    shown: { kind: "answered", status: 503 },
    // Its last try is at its expiry, four hours after the first one.
    retriedAfterMs: [4 * 3_600_000 - 60_000, 4 * 3_600_000],
    isRetriedByHand: true,
  },
];

/** Statuses, and the headers that give them a meaning. */
export const STATUSES: readonly Misbehaviour[] = [
  ...REFUSALS,
  ...REDIRECTS,
  ...HOLDS,
  { name: "answers 299", play: answers(head("299 Fine")), shown: { kind: "delivered", status: 299 } },
  {
    name: "sets a cookie",
    play: answers(head("500 Internal Server Error", "Set-Cookie: sid=1; Path=/", "Set-Cookie: b=2")),
    shown: { kind: "answered", status: 500 },
    check: (requests) => {
      for (const { head: sent } of requests) expect(sent).not.toMatch(/^cookie:/im);
    },
  },
  {
    name: "answers 417 to an Expect that was never sent",
    play: answers(head("417 Expectation Failed")),
    shown: { kind: "answered", status: 417 },
    check: (requests) => {
      for (const { head: sent } of requests) expect(sent).not.toMatch(/^expect:/im);
    },
  },
];
