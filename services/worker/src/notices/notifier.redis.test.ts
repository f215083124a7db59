import { createLog } from "@posthorn/runtime";
import { connect } from "../../../../packages/store/src/connect.ts";
import { createNotices } from "../../../../packages/store/src/notices.ts";
import { createPartition, LIMITS, numbered } from "../../../../test/support/partition.ts";
import { startReceiver } from "../../../../test/support/receiver.ts";
import { freshDatabase } from "../../../../test/support/stack.ts";
import { waitFor } from "../../../../test/support/wait-for.ts";
import { startNotifier } from "./notifier.ts";
import { createPostNotice } from "./post-notice.ts";

test("what happened over an hour ago is no news any more: it is given up, and the log says so", async () => {
  const receiver = await startReceiver();
  const redis = connect({ address: await freshDatabase(), name: "test", onError: () => undefined });
  await redis.connect();
  const partition = createPartition(redis, { notices: true });
  const webhook = await partition.webhook({ paused: true });
  await partition.send([webhook], numbered(10));
  await partition.configure(webhook, { paused: false, active: false });
  await partition.pass(LIMITS.expiryMs + 1);
  await partition.pass(LIMITS.expiryMs + 1);
  partition.jump(3_600_001);
  let log = "";
  const results: string[] = [];
  const notifier = startNotifier({
    notices: createNotices({ redis, keys: partition.keys, limits: LIMITS, nowMs: partition.now }),
    partitions: () => [0],
    nameOf: async () => null,
    post: createPostNotice({ url: receiver.url, authorization: undefined }, "Posthorn/test"),
    log: createLog("test", "info", { output: { write: (line) => (log += line) } }),
    warn: () => undefined,
    onNotice: (result) => results.push(result),
  });
  await waitFor("the end of the notice", async () => (await redis.exists(partition.keys.partition(0).notices)) === 0);
  await notifier.stop(AbortSignal.abort());
  expect(results).toEqual(["given-up"]);
  expect(JSON.parse(log)).toMatchObject({
    level: "error",
    event: "notice.given-up",
    kind: "expired",
    webhook,
    batches: 1,
  });
  expect(receiver.batches).toEqual([]);
  redis.disconnect();
  await receiver.close();
});
