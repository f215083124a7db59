import type { RedisClient } from "../connect.ts";
import { script } from "./script.ts";

const run = script("release-request.lua");

/** Ends the lease of an idempotent request if it is still the holder's. */
export async function releaseRequest(
  redis: RedisClient,
  { key, holder }: { readonly key: string; readonly holder: string },
): Promise<void> {
  await run(redis, [key], [holder]);
}
