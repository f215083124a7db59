export { createDeliver } from "./client.ts";
export type { Deliver, DeliverRequest } from "./client.ts";
export { parseRetryAfterMs } from "./retry-after.ts";
export { createTestPost, testPostProblem } from "./test-post.ts";
export type { TestPost } from "./test-post.ts";
