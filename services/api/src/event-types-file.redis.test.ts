import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApi } from "../../../test/support/api.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";

const PAYMENT_FAILED = {
  type: "payment_failed",
  class: "billing_event",
  display_name: "Payment Failed",
  description: "A payment failed.",
  fields: { amount: { description: "How much, in cents.", sample: "1250" } },
};

const dir = mkdtempSync(join(tmpdir(), "posthorn-event-types-"));

afterAll(() => rmSync(dir, { recursive: true }));

test("a webhook may want a type that EVENT_TYPES_FILE adds, and only then", async () => {
  const file = join(dir, "event-types.json");
  writeFileSync(file, JSON.stringify([PAYMENT_FAILED]));
  const receiver = await startReceiver();
  const [plain, extended] = await Promise.all([
    startApi(await freshDatabase()),
    startApi(await freshDatabase(), { EVENT_TYPES_FILE: file }),
  ]);
  const json = { name: "payments", target: receiver.url, events: ["payment_failed", "bounce"] };
  try {
    expect((await extended.request("POST", "/api/v1/webhooks", { json })).status).toBe(200);
    const refused = await plain.request("POST", "/api/v1/webhooks", { json });
    expect(refused.status).toBe(400);
    expect(refused.json.errors).toEqual([expect.objectContaining({ param: "events[0]", value: "payment_failed" })]);
  } finally {
    await Promise.all([plain.stop(), extended.stop(), receiver.close()]);
  }
});

test("an API with a bad EVENT_TYPES_FILE does not start", async () => {
  const file = join(dir, "bad.json");
  writeFileSync(file, JSON.stringify([{ ...PAYMENT_FAILED, type: "bounce" }]));
  await expect(startApi(await freshDatabase(), { EVENT_TYPES_FILE: file })).rejects.toThrow(/bounce is built in/);
});
