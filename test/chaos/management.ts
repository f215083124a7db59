import { setTimeout as delay } from "node:timers/promises";
import { ALWAYS } from "./ledger/account.ts";
import type { EndedBatch, Membership } from "./ledger/account.ts";
import { SCENES } from "./targets/character.ts";
import type { Character } from "./targets/character.ts";

/** A webhook of the run. */
export interface Registered {
  readonly character: Character;
  readonly id: string;
  membership: Membership;
  /** When the webhook's deletion was answered. */
  deletedAtMs?: number;
}

interface ManagementOptions {
  readonly apiUrls: readonly string[];
  readonly apiKey: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly body: { readonly results?: unknown; readonly cursor?: string | null };
}

/** Manages webhooks as an operator would whose calls sometimes get no answer: asks again, wherever. */
export interface Management {
  create(character: Character, target: string): Promise<Registered>;
  /** What is done to the webhooks in the course of the run; resolves when all of it is done. */
  playScenes(webhooks: readonly Registered[], durationMs: number): Promise<void>;
  /** What ended without a 2xx, by the records. */
  ended(webhook: Registered): Promise<readonly EndedBatch[]>;
  /** How many batches were split. */
  splits(webhook: Registered): Promise<number>;
  /** What is told of a batch and its attempts, for whoever investigates. */
  history(webhook: Registered, batch: string): Promise<string>;
}

/** Calls that get no answer are made again for this long. */
const PATIENCE_MS = 120_000;
const ANSWER_PATIENCE_MS = 8_000;
/** A routing table may be so old, see `ACTIVATION_MAX`. */
const ACTIVATION_MAX_MS = 2_000;

export function createManagement({ apiUrls, apiKey, now, signal }: ManagementOptions): Management {
  let turn = 0;

  const callOnce = async (method: string, path: string, body?: unknown): Promise<Answer | undefined> => {
    try {
      const response = await fetch(`${apiUrls[turn++ % apiUrls.length]}/api/v1/webhooks${path}`, {
        method,
        headers: { authorization: apiKey, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_PATIENCE_MS)]),
      });
      const text = await response.text();
      if (response.status >= 500) return undefined;
      return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as Answer["body"]) };
    } catch {
      return undefined;
    }
  };

  /** For what may be done twice. */
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const giveUpAtMs = now() + PATIENCE_MS;
    for (;;) {
      const answer = await callOnce(method, path, body);
      if (answer !== undefined) return answer;
      signal.throwIfAborted();
      if (now() > giveUpAtMs) throw new Error(`${method} ${path} got no answer within ${PATIENCE_MS} ms`);
      await delay(250);
    }
  };

  const expectStatus = async (status: number, method: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await call(method, path, body);
    if (answer.status === status) return answer;
    throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  };

  const findByName = async (name: string): Promise<string | undefined> => {
    const { body } = await expectStatus(200, "GET", "");
    return (body.results as { readonly id: string; readonly name: string }[]).find((one) => one.name === name)?.id;
  };

  const list = async <Row>({ id }: Registered, states: string): Promise<readonly Row[]> => {
    const rows: Row[] = [];
    for (let cursor: string | null | undefined = ""; cursor !== null && cursor !== undefined;) {
      const query: string = `state=${states}&limit=100${cursor === "" ? "" : `&cursor=${cursor}`}`;
      const { body } = await expectStatus(200, "GET", `/${id}/batches?${query}`);
      rows.push(...(body.results as Row[]));
      ({ cursor } = body);
    }
    return rows;
  };

  const create: Management["create"] = async (character, target) => {
    const askedAtMs = now();
    const giveUpAtMs = askedAtMs + PATIENCE_MS;
    const definition = { name: character.name, target, events: character.types };
    let id: string | undefined;
    while (id === undefined) {
      if (now() > giveUpAtMs) throw new Error(`the webhook ${character.name} could not be created`);
      const answer = await callOnce("POST", "", definition);
      if (answer?.status === 200) {
        ({ id } = answer.body.results as { readonly id: string });
      } else if (answer !== undefined) {
        throw new Error(`the webhook ${character.name} was refused: ${answer.status} ${JSON.stringify(answer.body)}`);
      } else {
        // It may have been stored all the same. A change that is answered then says that all processes know it.
        id = await findByName(character.name);
        if (id !== undefined) await expectStatus(200, "PUT", `/${id}`, { name: `${character.name} after all` });
      }
    }
    return {
      character,
      id,
      membership: {
        ...ALWAYS,
        types: character.types,
        from: { askedAtMs, confirmedAtMs: now() + ACTIVATION_MAX_MS },
      },
    };
  };

  const remove = async (webhook: Registered): Promise<void> => {
    const askedAtMs = now();
    const { status } = await call("DELETE", `/${webhook.id}`);
    if (status !== 204 && status !== 404) throw new Error(`the deletion was answered with ${status}`);
    webhook.deletedAtMs = now();
    webhook.membership = {
      ...webhook.membership,
      until: { askedAtMs, confirmedAtMs: webhook.deletedAtMs + ACTIVATION_MAX_MS },
    };
  };

  return {
    create,
    playScenes: async (webhooks, durationMs) => {
      const named = (name: string): Registered => {
        const found = webhooks.find(({ character }) => character.name === name);
        if (found === undefined) throw new Error(`there is no webhook ${name}`);
        return found;
      };
      const scenes: readonly [number, () => Promise<unknown>][] = [
        [SCENES.pause, () => expectStatus(200, "POST", `/${named("paused").id}/pause`)],
        [SCENES.discard, () => expectStatus(200, "POST", `/${named("discarded").id}/discard`)],
        [SCENES.leave, () => remove(named("leaving"))],
        [SCENES.resume, () => expectStatus(200, "POST", `/${named("paused").id}/resume`)],
      ];
      for (const [progress, play] of scenes) {
        await delay(Math.max(0, progress * durationMs - now()), undefined, { signal });
        await play();
      }
    },
    ended: async (webhook) =>
      (await list<EndedBatch>(webhook, "expired,overflowed,discarded")).map(({ id, state, events }) => ({
        id,
        state,
        events,
      })),
    splits: async (webhook) => (await list(webhook, "split")).length,
    history: async ({ id }, batch) => {
      const row = await call("GET", `/${id}/batches/${batch}`);
      const attempts = await call("GET", `/${id}/batches/${batch}/attempts`);
      return `${JSON.stringify(row.body.results ?? row.body)} ${JSON.stringify(attempts.body.results ?? attempts.body)}`;
    },
  };
}
