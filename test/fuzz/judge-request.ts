import { shapeProblem } from "../support/answer-shape.ts";
import type { SeenAnswer } from "../support/answer-shape.ts";
import { urlOf } from "../support/any-request.ts";
import type { AnyRequest } from "../support/any-request.ts";
import { exchangeProblems } from "../support/openapi.ts";
import type { HttpClient, HttpRequest } from "./clients/http-client.ts";
import { exchangeRaw } from "./clients/raw-client.ts";
import type { IngestRequest } from "./requests/any-ingest.ts";
import type { RawRequest } from "./requests/any-raw.ts";
import type { FuzzRequest } from "./requests/fuzz-request.ts";
import type { Tally } from "./tally.ts";

export interface JudgeDeps {
  readonly client: HttpClient;
  readonly port: number;
  readonly apiKey: string;
  /** The webhook that requests may name. */
  readonly knownId: string;
  readonly tally: Tally;
}

/** To hold each answer against the OpenAPI document would take longer than all else. */
const DOCUMENT_CHECKED_EVERY = 10;

/** Sends the request and says what is wrong with the answer; `undefined` = nothing. Rejects when none came. */
export async function judgeRequest(deps: JudgeDeps, { kind, request }: FuzzRequest): Promise<string | undefined> {
  switch (kind) {
    case "call":
      return await judgeCall(deps, request);
    case "ingest":
      return await judgeIngest(deps, request);
    case "raw":
      return await judgeRaw(deps, request);
  }
}

async function judgeCall(
  { client, apiKey, knownId, tally }: JudgeDeps,
  request: AnyRequest,
): Promise<string | undefined> {
  const { method, path, headers, body } = request;
  const sent: HttpRequest = {
    method,
    path: urlOf(request, knownId),
    headers: { authorization: apiKey, ...headers },
    body: body === undefined ? undefined : Buffer.from(body),
  };
  const answer = await client.send(sent);
  tally.count(path, [answer.status]);
  return problemOf(tally, sent, answer);
}

async function judgeIngest(deps: JudgeDeps, request: IngestRequest): Promise<string | undefined> {
  const { client, apiKey, tally } = deps;
  const { what, path, headers, body, mustAccept, isWanted } = request;
  const sent: HttpRequest = { method: "POST", path, headers: { authorization: apiKey, ...headers }, body };
  const answer = await client.send(sent);
  tally.count(`ingest: ${what}`, [answer.status]);
  const problem = problemOf(tally, sent, answer);
  if (problem !== undefined) return problem;
  if (answer.status !== 200) return mustAccept === undefined ? undefined : `it was refused: ${answer.text}`;
  const { id, accepted } = (JSON.parse(answer.text) as { results: { id: string; accepted: number } }).results;
  if (mustAccept !== undefined && accepted !== mustAccept) return `${accepted} events were accepted, not ${mustAccept}`;
  if (isWanted) tally.accepted(id, accepted);
  return undefined;
}

async function judgeRaw({ port, apiKey, tally }: JudgeDeps, request: RawRequest): Promise<string | undefined> {
  const { what, bytes, isCut, answersMax } = request;
  const sent = Buffer.from(bytes.replaceAll("KEY", apiKey), "latin1");
  const { answers, rest } = await exchangeRaw(port, sent, isCut);
  tally.count(
    `raw: ${what}`,
    answers.map(({ status }) => status),
  );
  if (rest.length > 0) return `what came back is no whole answer: ${JSON.stringify(rest.toString("latin1"))}`;
  if (answers.length > answersMax) return `${answers.length} answers came back, ${answersMax} at most were due`;
  return answers.map(shapeProblem).find((problem) => problem !== undefined);
}

function problemOf(tally: Tally, { method, path, headers, body }: HttpRequest, answer: SeenAnswer): string | undefined {
  const { status, header, text } = answer;
  const problem = shapeProblem(answer);
  if (problem !== undefined) return `${problem}: ${text.slice(0, 500)}`;
  if (tally.requests() % DOCUMENT_CHECKED_EVERY !== 0) return undefined;
  const [violation] = exchangeProblems({
    method,
    path,
    // The requests' queries hold what no route reads, and so the document does not have.
    query: "",
    // Many senders call lines JSON, which is taken there, but recommended to nobody.
    requestHeaders: path.startsWith("/api/v1/ingest/")
      ? { ...headers, "content-type": "application/x-ndjson" }
      : headers,
    requestBody: body,
    status,
    contentType: header("content-type") ?? null,
    allow: header("allow") ?? null,
    responseBody: text,
  });
  return violation === undefined
    ? undefined
    : `it is not as the OpenAPI document says: ${violation}: ${text.slice(0, 500)}`;
}
