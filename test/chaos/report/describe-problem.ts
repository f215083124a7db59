import type { Problem } from "../ledger/account.ts";
import type { Ledger, SeenBatch } from "../ledger/ledger.ts";
import type { Management, Registered } from "../management.ts";

interface Described {
  readonly line: string;
  /** What helps to find the cause. */
  readonly details: readonly string[];
}

const SHOWN = 20;

/** Says what is wrong with a webhook's events, with all that is known of the batches concerned. */
export async function describeProblem({
  problem,
  webhook,
  ledger,
  management,
}: {
  readonly problem: Problem;
  readonly webhook: Registered;
  readonly ledger: Ledger;
  readonly management: Management;
}): Promise<Described> {
  const { name } = webhook.character;
  const { batches } = ledger.target(name);

  const seenBatch = (id: string): string => {
    const seen = batches.get(id);
    return seen === undefined ? `${id}: never seen by the target` : describeSeen(seen);
  };
  const told = async (id: string): Promise<string[]> => [
    seenBatch(id),
    `  by the API: ${await management.history(webhook, id).catch(String)}`,
  ];
  const requestWith = (event: number): string => {
    const request = ledger.requests.find(({ first, count }) => event >= first && event < first + count);
    if (request === undefined) return `event ${event} was never sent`;
    const { first, count, sentAtMs, answeredAtMs } = request;
    return `event ${event}: request of events ${first} to ${first + count - 1}, sent at ${sec(sentAtMs)}, answered at ${sec(answeredAtMs)}`;
  };
  const withEvent = (event: number): string[] =>
    [...batches.values()].filter(({ numbers }) => numbers.includes(event)).map(describeSeen);

  switch (problem.kind) {
    case "lost": {
      const requests = new Set(problem.events.map((event) => requestWith(event).replace(/^event \d+: /, "")));
      return {
        line: `${name} (${webhook.id}): ${problem.atLeast} of ${problem.events.length} events that are missing are lost: ${shown(problem.events)}`,
        details: [...[...requests].slice(0, SHOWN), ...problem.events.slice(0, SHOWN).flatMap(withEvent)],
      };
    }
    case "miscounted":
      return {
        line: `${name} (${webhook.id}): batches of ${problem.ended} unseen events ended without a delivery, but only ${problem.missing} events are missing`,
        details: [],
      };
    case "foreign-event":
      return {
        line: `${name} (${webhook.id}): event ${problem.event} in batch ${problem.batch} is not for it`,
        details: [requestWith(problem.event), ...(await told(problem.batch))],
      };
    case "unrelated-duplicate":
      return {
        line: `${name} (${webhook.id}): event ${problem.event} came in two unrelated batches, ${problem.batches.join(" and ")}`,
        details: [requestWith(problem.event), ...(await told(problem.batches[0])), ...(await told(problem.batches[1]))],
      };
    case "out-of-order":
      return {
        line: `${name} (${webhook.id}): event ${problem.events[0]} came before event ${problem.events[1]} in batch ${problem.batch}`,
        details: [...problem.events.map(requestWith), ...(await told(problem.batch))],
      };
    case "expired-although-recovering":
      return {
        line: `${name} (${webhook.id}): ${problem.batches.length} batches expired although their target recovers: ${shown(problem.batches)}`,
        details: (await Promise.all(problem.batches.slice(0, SHOWN).map(told))).flat(),
      };
    case "foreign-body":
      return {
        line: `${name} (${webhook.id}): batch ${problem.batch} is not made of events as they were sent`,
        details: [`at ${sec(problem.atMs)}, beginning with ${problem.start}`, ...(await told(problem.batch))],
      };
    case "changed-bytes":
      return {
        line: `${name} (${webhook.id}): batch ${problem.batch} came with other bytes than before`,
        details: [`at ${sec(problem.atMs)}`, ...(await told(problem.batch))],
      };
  }
}

function describeSeen({ id, numbers, attempts }: SeenBatch): string {
  const tries = attempts.map(
    ({ atMs, answer, isDelivered }) => `${sec(atMs)} ${answer}${isDelivered ? "" : " (not delivered)"}`,
  );
  return `${id}: ${numbers.length} events from ${numbers[0]}: ${tries.join(", ")}`;
}

function shown(items: readonly (string | number)[]): string {
  return items.slice(0, SHOWN).join(", ") + (items.length > SHOWN ? ", …" : "");
}

function sec(ms: number | undefined): string {
  return ms === undefined ? "never" : `${(ms / 1_000).toFixed(2)} s`;
}
