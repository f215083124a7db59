import type { BatchId } from "@posthorn/core";
import type { AttemptRecord } from "@posthorn/store";
import { batchStatusRow } from "./batch-status.ts";

const record = (changes: Partial<AttemptRecord>): AttemptRecord => ({
  batch: "032d3305-4029-4f54-80e8-bcc1373f3cfd" as BatchId,
  outcome: "failed",
  atMs: Date.UTC(2014, 6, 30, 21, 39),
  createdAtMs: Date.UTC(2014, 6, 30, 21, 38, 8),
  attempt: 1,
  failedAttempts: 0,
  events: 350,
  bodyBytes: 9_000,
  ...changes,
});

test("a batch delivered after failing shows its last status as text, and the failed attempts before", () => {
  const attempts = [
    record({ status: 503, latencyMs: 20 }),
    record({ outcome: "delivered", attempt: 2, failedAttempts: 1, status: 200, latencyMs: 160 }),
  ];
  expect(batchStatusRow("w", attempts)).toEqual({
    batch_id: "032d3305-4029-4f54-80e8-bcc1373f3cfd",
    ts: "2014-07-30T21:38:08.000Z",
    attempts: 1,
    response_code: "200",
    latency: 160,
    batch_size: 350,
    webhook_id: "w",
  });
});

test("a failed batch shows the code of its failure: the status, or the network's error code", () => {
  expect(batchStatusRow("w", [record({ status: 400, latencyMs: 210 })])).toMatchObject({
    attempts: 1,
    response_code: "400",
    failure_code: "400",
  });
  expect(batchStatusRow("w", [record({ errorCode: "ECONNREFUSED" })])).toMatchObject({
    response_code: "ECONNREFUSED",
    failure_code: "ECONNREFUSED",
  });
});

test("an expired batch still shows why its last attempt failed; one never tried shows no code", () => {
  const expired = record({ outcome: "expired", attempt: 2, failedAttempts: 1 });
  expect(batchStatusRow("w", [record({ status: 500 }), expired])).toMatchObject({ attempts: 1, failure_code: "500" });
  const row = batchStatusRow("w", [record({ outcome: "expired", failedAttempts: 0 })]);
  expect(row).toMatchObject({ attempts: 0 });
  expect(row).not.toHaveProperty("response_code");
});
