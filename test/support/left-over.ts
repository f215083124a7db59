import type { Redis } from "ioredis";

/** Keys of chunks, of batches and their ranges, of what is to be let go, and of jobs. */
const LEFT_OVER = /\}:(?:[crb]:|trash|bull:(?:fresh|retry):(?:[\da-f]{8}-|wait|active|delayed))/;

/** Whatever there is in Redis of events, batches and jobs, what is counted of them, and deadlines but those of records. */
export async function leftOver(redis: Redis): Promise<string[]> {
  const names = await redis.keys("*");
  const left = names.filter((name) => LEFT_OVER.test(name));
  for (const name of names.filter((one) => one.endsWith("}:wake"))) {
    left.push(...(await redis.zrangebyscore(name, "-inf", "+inf")).filter((due) => !due.startsWith("records:")));
  }
  for (const name of names.filter((one) => one.endsWith("}:usage"))) {
    const bytes = Number(await redis.hget(name, "b"));
    if (bytes !== 0) left.push(`${bytes} bytes counted in ${name}`);
  }
  return left;
}
