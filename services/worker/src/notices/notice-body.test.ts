import type { WebhookId } from "@posthorn/core";
import type { Notice } from "@posthorn/store";
import { noticeBody } from "./notice-body.ts";

const NOTICE: Notice = {
  id: "8a1f0c1e-6d0c-5b7e-9a55-0b8c6f6f5f10",
  webhook: "1cc94ef0-ab17-41e4-b135-0ff9de159aa7" as WebhookId,
  kind: "failing",
  firstMs: 0,
  lastMs: 1_000,
  happenings: 1,
  batches: 0,
  events: 0,
  why: "",
  nowMs: 2_000,
};

test("a notice says for people and for programs what happened, to whom, and how often", () => {
  expect(noticeBody({ ...NOTICE, why: "The target answered 503" }, "CRM")).toEqual({
    id: NOTICE.id,
    kind: "failing",
    text: "The webhook “CRM” is failing; its batches wait, and one at a time is tried: The target answered 503",
    webhook: { id: NOTICE.webhook, name: "CRM" },
    first_at: "1970-01-01T00:00:00.000Z",
    last_at: "1970-01-01T00:00:01.000Z",
    times: 1,
    batches: 0,
    events: 0,
    reason: "The target answered 503",
  });
});

test("a webhook that is gone has its id for a name", () => {
  const { text, webhook } = noticeBody({ ...NOTICE, kind: "recovered", happenings: 2 }, null);
  expect(text).toBe(`The webhook ${NOTICE.webhook} has recovered (2 times); what waits goes out`);
  expect(webhook.name).toBeNull();
});

test.each([
  ["expired", 1, 1, "has lost 1 batch with 1 event, which were not delivered before their expiry"],
  ["overflowed", 3, 12_345, "has lost 3 batches with 12,345 events, the oldest ones, since too much waits"],
] as const)("what %s is counted", (kind, batches, events, words) => {
  expect(noticeBody({ ...NOTICE, kind, batches, events, happenings: batches }, "CRM").text).toBe(
    `The webhook “CRM” ${words}`,
  );
});
