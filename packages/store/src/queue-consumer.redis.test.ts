import { Queue } from "bullmq";
import { waitFor } from "../../../test/support/wait-for.ts";
import { freshDatabase } from "../../../test/support/stack.ts";
import { connect } from "./connect.ts";
import { consumeQueue } from "./queue-consumer.ts";
import type { QueueTrouble } from "./queue-consumer.ts";

test("a job whose lock is lost, and one that BullMQ finds stalled, are told", async () => {
  const address = await freshDatabase();
  const redis = connect({ address, name: "test", onError: () => undefined });
  await redis.connect();
  const troubles: QueueTrouble[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const consumer = consumeQueue<object>({
    address,
    queue: "lane",
    prefix: "{test}",
    name: "test",
    process: () => held,
    options: { lockDuration: 600, stalledInterval: 200 },
    onError: () => undefined,
    onTrouble: (trouble) => troubles.push(trouble),
  });
  const queue = new Queue("lane", { connection: redis, prefix: "{test}", skipWaitingForReady: true });
  const job = await queue.add("attempt", {});
  await waitFor("the job being taken", () => consumer.taken() === 1);
  await redis.del(`{test}:lane:${job.id}:lock`);
  await waitFor("the loss of its lock", () => troubles.includes("lock-lost"));
  await waitFor("the stalled job", () => troubles.includes("stalled"));
  release();
  await consumer.close();
  await queue.close();
  redis.disconnect();
});
