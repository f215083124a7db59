import { errorFields } from "@posthorn/runtime";
import { Redis } from "ioredis";
import { freshDatabase } from "../../../test/support/stack.ts";

test("what is logged of a command that Redis refuses holds neither events nor the password of Redis", async () => {
  const url = await freshDatabase();
  const errors: Error[] = [];
  const connectTo = async (to: string) => {
    const redis = new Redis(to, { lazyConnect: true, retryStrategy: () => null });
    redis.on("error", (error: Error) => errors.push(error));
    await redis.connect().catch((error: Error) => errors.push(error));
    return redis;
  };
  const stranger = await connectTo(url.replace("//", "//us3r:pa55word@"));
  const redis = await connectTo(url);
  await redis.hincrby("a hash", "a field", "ada@example.com").catch((error: Error) => errors.push(error));
  const results = await redis.multi().hincrby("a hash", "a field", "ada@example.com").exec();
  for (const [error] of results ?? []) if (error !== null) errors.push(error);
  stranger.disconnect();
  redis.disconnect();
  // Else the test would show nothing.
  expect(JSON.stringify(errors)).toContain("pa55word");
  expect(JSON.stringify(errors)).toContain("ada@example.com");
  const logged = errors.map(errorFields);
  expect(JSON.stringify(logged)).not.toMatch(/pa55word|ada@example/);
  expect(logged).toContainEqual(
    expect.objectContaining({ command: "hincrby", message: expect.stringContaining("not an integer") }),
  );
});
