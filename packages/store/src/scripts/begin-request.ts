import type { RequestId } from "@posthorn/core";
import type { RedisClient } from "../connect.ts";
import type { IdempotencyBegin } from "../idempotency.ts";
import { script } from "./script.ts";

const run = script("begin-request.lua", { takesIn: true });

/** How long one process may work on a request before a repeat may take it over. */
const LEASE_MS = 10_000;

interface BeginRequest {
  readonly key: string;
  readonly holder: string;
  readonly digest: string;
  readonly partitions: readonly number[];
  readonly windowMs: number;
  readonly nowMs?: number;
}

/** Takes the lease of an idempotent request if nobody else holds it and it is not answered yet. */
export async function beginRequest(
  redis: RedisClient,
  { key, holder, digest, partitions, windowMs, nowMs }: BeginRequest,
): Promise<IdempotencyBegin> {
  const args = [digest, partitions.join(), windowMs, LEASE_MS, holder, nowMs ?? ""];
  const [state = "", first = "", second = ""] = ((await run(redis, [key], args)) as Buffer[]).map(String);
  switch (state) {
    case "begun":
      return {
        kind: "begun",
        appendId: first as RequestId,
        partitions: second === "" ? [] : second.split(",").map(Number),
      };
    case "finished":
      return { kind: "finished", answer: first };
    case "in-progress":
      return { kind: "in-progress", retryAfterMs: Number(first) };
    default:
      return { kind: "mismatch" };
  }
}
