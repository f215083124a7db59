export { createDeliver } from "./client.ts";
export type { Deliver, Deliverer, FetchToken } from "./client.ts";
export { createGuard } from "./guard/guard.ts";
export type { Guard } from "./guard/guard.ts";
export type { TokenCache } from "./oauth/token-cache.ts";
export type { DeliverRequest } from "./post-batch.ts";
export { parseRetryAfterMs } from "./retry-after.ts";
export { createTestPost, testPostProblem } from "./test-post.ts";
export type { TestPost } from "./test-post.ts";
