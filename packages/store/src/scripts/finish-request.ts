import type { RequestId } from "@posthorn/core";
import type { RedisClient } from "../connect.ts";
import { script } from "./script.ts";

const run = script("finish-request.lua");

/** Stores the answer of an idempotent request; resolves to the one that counts, which may be another try's. */
export async function finishRequest(
  redis: RedisClient,
  { key, appendId, answer }: { readonly key: string; readonly appendId: RequestId; readonly answer: string },
): Promise<string> {
  return String(await run(redis, [key], [appendId, answer]));
}
