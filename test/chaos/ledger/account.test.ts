import { EVENT_TYPES, eventText, readBody, typeOf } from "../events.ts";
import { accountFor, ALWAYS } from "./account.ts";
import type { Account, EndedBatch, Membership } from "./account.ts";
import { halfId } from "./derived-ids.ts";
import { createLedger } from "./ledger.ts";

const PARENT = "0b6fdf5b-6b7a-5d0a-9a4e-8f1f5a3c2e11";
const EVERYTHING: Membership = { ...ALWAYS, types: EVENT_TYPES };

/** A webhook's ledger: requests as [first event, count, sent, answered], attempts as [batch, events, whether 2xx]. */
function account(told: {
  readonly requests?: readonly (readonly [number, number, number, number | undefined])[];
  readonly attempts?: readonly (readonly [string, readonly number[], boolean])[];
  readonly ended?: readonly EndedBatch[];
  readonly membership?: Membership;
  readonly mayExpire?: boolean;
}): Account {
  const ledger = createLedger(() => 0);
  for (const [first, count, sentAtMs, answeredAtMs] of told.requests ?? [[0, 4, 0, 1]]) {
    ledger.send(first, count, sentAtMs).answeredAtMs = answeredAtMs;
  }
  for (const [batch, numbers, isDelivered] of told.attempts ?? []) {
    const got = ledger.receive({
      webhook: "w",
      batch,
      digest: numbers.join(","),
      body: readBody(Buffer.from(`[${numbers.map(eventText).join(",")}]`)),
      start: "",
      atMs: 0,
      answer: "",
    });
    if (isDelivered) got.delivered();
  }
  return accountFor({
    membership: told.membership ?? EVERYTHING,
    requests: ledger.requests,
    target: ledger.target("w"),
    ended: told.ended ?? [],
    mayExpire: told.mayExpire ?? true,
  });
}

test("what was delivered, more than once or not, is no problem", () => {
  const { problems, wanted, delivered } = account({
    attempts: [
      ["a", [0, 1], false],
      ["a", [0, 1], true],
      ["a", [0, 1], true],
      ["b", [2, 3], true],
    ],
  });
  expect({ problems, wanted, delivered }).toEqual({ problems: [], wanted: 4, delivered: 4 });
});

test("an event that nobody has delivered is lost, also when its batch was refused", () => {
  const { problems } = account({
    attempts: [
      ["a", [0, 1], true],
      ["b", [2], false],
    ],
  });
  expect(problems).toEqual([{ kind: "lost", events: [2, 3], atLeast: 2 }]);
});

test("what expired is accounted for by what its target saw, else by its number of events", () => {
  const attempts = [["a", [0, 1], false] as const];
  const seen: EndedBatch = { id: "a", state: "expired", events: 2 };
  const unseen: EndedBatch = { id: "z", state: "discarded", events: 2 };
  expect(account({ attempts, ended: [seen, unseen] })).toMatchObject({
    problems: [],
    ended: { expired: 2, discarded: 2 },
  });
  expect(account({ attempts, ended: [seen, { ...unseen, events: 1 }] }).problems).toEqual([
    { kind: "lost", events: [2, 3], atLeast: 1 },
  ]);
  expect(account({ attempts, ended: [seen, { ...unseen, events: 3 }] }).problems).toEqual([
    { kind: "miscounted", missing: 2, ended: 3 },
  ]);
});

test("a batch that expired for a target which recovers is a problem", () => {
  const ended: EndedBatch[] = [{ id: "z", state: "expired", events: 4 }];
  expect(account({ ended, mayExpire: false }).problems).toEqual([
    { kind: "expired-although-recovering", batches: ["z"] },
  ]);
});

test("an event may come again in a part of its batch, of whatever generation, and in no other batch", () => {
  const half = halfId(PARENT, 0);
  const quarter = halfId(half, 1);
  expect(
    account({
      attempts: [
        [PARENT, [0, 1, 2, 3], false],
        [quarter, [1], true],
        [halfId(half, 0), [0], true],
        [halfId(PARENT, 1), [2, 3], true],
      ],
    }).problems,
  ).toEqual([]);
  expect(
    account({
      attempts: [
        ["a", [0, 1, 2, 3], true],
        ["b", [3], false],
      ],
    }).problems,
  ).toEqual([{ kind: "unrelated-duplicate", event: 3, batches: ["a", "b"] }]);
  expect(account({ attempts: [["a", [0, 1, 2, 3, 3], true]] }).problems).toContainEqual(
    expect.objectContaining({ kind: "unrelated-duplicate", event: 3 }),
  );
});

test("an event that nobody sent, or that the webhook did not want, is foreign", () => {
  expect(account({ attempts: [["a", [0, 1, 2, 3, 4], true]] }).problems).toEqual([
    { kind: "foreign-event", event: 4, batch: "a" },
  ]);
  const types = EVENT_TYPES.filter((type) => type !== typeOf(0));
  const mine = [0, 1, 2, 3].filter((n) => typeOf(n) !== typeOf(0));
  const { problems } = account({ membership: { ...ALWAYS, types }, attempts: [["a", [0, ...mine], true]] });
  expect(problems).toEqual([{ kind: "foreign-event", event: 0, batch: "a" }]);
});

test("an event of a request without an answer may come and need not", () => {
  const requests = [[0, 4, 0, undefined]] as const;
  expect(account({ requests, attempts: [["a", [0, 1], true]] }).problems).toEqual([]);
});

test("around a webhook's creation and deletion an event may come and need not; what is left goes with the webhook", () => {
  const membership: Membership = {
    types: EVENT_TYPES,
    from: { askedAtMs: 10, confirmedAtMs: 20 },
    until: { askedAtMs: 50, confirmedAtMs: 60 },
  };
  const requests = [
    [0, 1, 0, 5],
    [1, 1, 15, 16],
    [2, 1, 25, 26],
    [3, 1, 45, 55],
    [4, 1, 65, 66],
  ] as const;
  expect(account({ membership, requests, attempts: [["a", [1, 3], true]] })).toMatchObject({
    problems: [],
    wanted: 1,
    deleted: 1,
  });
  for (const n of [0, 4]) {
    expect(account({ membership, requests, attempts: [["a", [n], true]] }).problems).toEqual([
      { kind: "foreign-event", event: n, batch: "a" },
    ]);
  }
  const stays = { ...membership, until: ALWAYS.until };
  expect(account({ membership: stays, requests, attempts: [["a", [3, 4], true]] }).problems).toEqual([
    { kind: "lost", events: [2], atLeast: 1 },
  ]);
});

test("other bytes under the same id, and bodies that are not events as sent, are problems", () => {
  const ledger = createLedger(() => 0);
  const got = { webhook: "w", batch: "a", start: "", atMs: 7, answer: "" };
  const body = readBody(Buffer.from(`[${eventText(0)}]`));
  ledger.receive({ ...got, digest: "x", body });
  ledger.receive({ ...got, digest: "y", body });
  ledger.receive({ ...got, digest: "z", body: readBody(Buffer.from(`[${eventText(0)} ]`)) });
  expect(ledger.target("w").irregularities.map(({ kind }) => kind)).toEqual(["changed-bytes", "foreign-body"]);
});

test("events of one type of one request come in their order", () => {
  const requests = [
    [0, 100, 0, 1],
    [100, 100, 0, 1],
  ] as const;
  const same = Array.from({ length: 200 }, (_, n) => n).filter((n) => typeOf(n) === typeOf(0));
  const others = same.filter((n) => n >= 100);
  const own = same.filter((n) => n < 100);
  const membership = { ...ALWAYS, types: [typeOf(0)] };
  expect(account({ requests, membership, attempts: [["a", [...others, ...own], true]] }).problems).toEqual([]);
  const swapped = [own[1] as number, own[0] as number, ...own.slice(2), ...others];
  expect(account({ requests, membership, attempts: [["a", swapped, true]] }).problems).toEqual([
    { kind: "out-of-order", batch: "a", events: [own[1], own[0]] },
  ]);
});
