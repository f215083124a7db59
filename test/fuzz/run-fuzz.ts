import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { startApiProcess } from "./api-process.ts";
import type { ApiProcess } from "./api-process.ts";
import { createHttpClient } from "./clients/http-client.ts";
import { createInspector } from "./inspector.ts";
import type { Inspector } from "./inspector.ts";
import { judgeRequest } from "./judge-request.ts";
import type { FuzzOptions } from "./options.ts";
import { WANTED_TYPE } from "./requests/any-ingest.ts";
import { describeRequest, fuzzRequest } from "./requests/fuzz-request.ts";
import type { FuzzRequest } from "./requests/fuzz-request.ts";
import { createTally } from "./tally.ts";
import type { Tally } from "./tally.ts";

export interface FuzzResult {
  readonly summary: string;
  readonly failures: readonly string[];
}

interface Surroundings {
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** What the process may use after all of it; an idle one uses about 100 MB, and garbage is collected late. */
const RSS_MAX_MB = 400;
const SAY_EVERY_MS = 10_000;

export async function runFuzz(options: FuzzOptions, { signal, say }: Surroundings): Promise<FuzzResult> {
  const { requests, seed, connections } = options;
  say(`${requests} requests over ${connections} connections, seed ${seed}`);
  const api = await startApiProcess();
  const target = await startTarget();
  const tally = createTally();
  const startedAt = performance.now();
  const progress = setInterval(() => say(`  ${tally.requests()} sent`), SAY_EVERY_MS);
  try {
    const inspector = createInspector(api);
    const knownId = await inspector.createWebhook(target.url, "open");
    const countingId = await inspector.createWebhook(target.url, WANTED_TYPE);
    const before = await inspector.rssMb();
    const failures = await sendAll(options, { api, knownId, tally, signal });
    clearInterval(progress);
    const seconds = (performance.now() - startedAt) / 1_000;
    const ended = api.ended();
    const after = ended === undefined ? await inspect(inspector, countingId, tally) : undefined;
    return {
      summary: [
        `seed ${seed}: ${tally.requests()} requests in ${seconds.toFixed(0)} s, by route and status:`,
        ...tally.lines(),
        after?.summary ?? "the process is gone",
        `memory of the process (RSS): ${before} MB before, ${after?.rssMb ?? "?"} MB after; at most ${RSS_MAX_MB}`,
      ].join("\n"),
      failures: [
        ...(ended === undefined ? [] : [`the API process died: ${ended}`]),
        ...failures,
        ...(after?.failures ?? []),
        ...(tally.requests() < requests && failures.length === 0 && ended === undefined
          ? [`only ${tally.requests()} of ${requests} requests were sent`]
          : []),
      ],
    };
  } finally {
    clearInterval(progress);
    target.close();
    await api.remove();
  }
}

interface SendingDeps {
  readonly api: ApiProcess;
  readonly knownId: string;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

/** A connection's next so many requests are made, sent and, if one of them fails, made smaller together. */
const ROUND = 200;

/** Sends from every connection its share, one request after the other; resolves to what went wrong. */
async function sendAll(options: FuzzOptions, { api, knownId, tally, signal }: SendingDeps): Promise<string[]> {
  const { requests, seed, connections, withinMs } = options;
  const deadline = performance.now() + withinMs;
  const failures: string[] = [];
  const inFlight = new Map<number, FuzzRequest>();
  const isOver = (): boolean =>
    failures.length > 0 || api.ended() !== undefined || signal.aborted || performance.now() > deadline;

  const sendShare = async (connection: number): Promise<void> => {
    const client = createHttpClient(api.port);
    const deps = { client, port: api.port, apiKey: api.apiKey, knownId, tally };
    const property = fc.asyncProperty(fuzzRequest, async (request) => {
      if (isOver()) return;
      inFlight.set(connection, request);
      const problem = await judgeRequest(deps, request);
      inFlight.delete(connection);
      if (problem !== undefined) throw new Error(problem);
    });
    const share = Math.ceil(requests / connections);
    for (let sent = 0; sent < share && !isOver(); sent += ROUND) {
      const details = await fc.check(property, {
        seed: seedOf(seed, connection, sent),
        numRuns: Math.min(ROUND, share - sent),
      });
      if (!details.failed || api.ended() !== undefined) continue;
      const [request] = details.counterexample ?? [];
      const at = request === undefined ? "" : `\n  at: ${describeRequest(request)}`;
      failures.push(`${String(details.errorInstance)}${at}`);
    }
    client.close();
  };

  await Promise.all(Array.from({ length: connections }, (_, connection) => sendShare(connection)));
  if (api.ended() === undefined) return failures;
  return [...failures, ...[...inFlight.values()].map((request) => `may have killed it: ${describeRequest(request)}`)];
}

/** A seed of its own for each round, the same for the same run. */
function seedOf(seed: number, connection: number, sent: number): number {
  return createHash("sha256").update(`${seed} ${connection} ${sent}`).digest().readInt32LE();
}

async function inspect(
  inspector: Inspector,
  countingId: string,
  tally: Tally,
): Promise<{ readonly summary: string; readonly failures: readonly string[]; readonly rssMb: number }> {
  const [stored, rssMb] = [await inspector.storedEvents(countingId), await inspector.rssMb()];
  const accepted = tally.acceptedEvents();
  return {
    summary: `events that somebody wants: ${accepted} accepted, ${stored} in the store`,
    rssMb,
    failures: [
      ...(accepted === stored ? [] : [`${accepted} wanted events were accepted, but the store holds ${stored}`]),
      ...(rssMb <= RSS_MAX_MB ? [] : [`the process uses ${rssMb} MB`]),
    ],
  };
}

/** Answers 200 to everything: test POSTs go there. */
async function startTarget(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
