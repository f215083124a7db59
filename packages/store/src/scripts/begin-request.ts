import type { RedisClient } from "../connect.ts";
import type { IdempotencyBegin } from "../idempotency.ts";
import { script } from "./script.ts";

const run = script("begin-request.lua");

/** How long one process may work on a request before a repeat may take it over. */
const LEASE_MS = 10_000;

interface BeginRequest {
  readonly key: string;
  readonly digest: string;
  readonly partitions: readonly number[];
  readonly windowMs: number;
  readonly nowMs?: number;
}

/** Takes the lease of an idempotent request if nobody holds it and it is not answered yet. */
export async function beginRequest(
  redis: RedisClient,
  { key, digest, partitions, windowMs, nowMs }: BeginRequest,
): Promise<IdempotencyBegin> {
  const reply = (await run(redis, [key], [digest, partitions.join(), windowMs, LEASE_MS, nowMs ?? ""])) as Buffer[];
  const [state = "", detail = ""] = reply.map(String);
  switch (state) {
    case "begun":
      return { kind: "begun", partitions: detail === "" ? [] : detail.split(",").map(Number) };
    case "finished":
      return { kind: "finished", answer: detail };
    case "in-progress":
      return { kind: "in-progress", retryAfterMs: Number(detail) };
    default:
      return { kind: "mismatch" };
  }
}
