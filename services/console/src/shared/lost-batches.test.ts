import { lostBatches, lostTone, lostWords } from "./lost-batches.ts";

const NONE = { expired_batches: 0, overflowed_batches: 0, failing_webhooks: 0 };
const SOME = { ...NONE, expired_batches: 1_221, overflowed_batches: 3 };

test("what expired or overflowed is lost, and it is told apart", () => {
  expect(lostBatches(SOME)).toBe(1_224);
  expect(lostWords(SOME)).toBe("1,221 expired, 3 overflowed");
  expect(lostWords({ ...NONE, overflowed_batches: 3 })).toBe("3 overflowed");
  expect(lostWords(NONE)).toBe("none expired or overflowed");
});

test("a loss that goes on is worse than one that is over", () => {
  expect(lostTone({ ...NONE, failing_webhooks: 1 })).toBeUndefined();
  expect(lostTone(SOME)).toBe("warn");
  expect(lostTone({ ...SOME, failing_webhooks: 1 })).toBe("bad");
});
