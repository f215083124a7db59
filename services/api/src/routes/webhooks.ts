import { randomUUID } from "node:crypto";
import { Router } from "express";
import type { Request } from "express";
import {
  detailLinks,
  DomainError,
  isSuccess,
  parseCreate,
  parseUpdate,
  validateLinks,
  viewWebhook,
  WEBHOOK_DEFAULTS,
  webhookId,
  webhookLinks,
} from "@posthorn/core";
import type { ParsedInput, SecretBox, Webhook, WebhookInput } from "@posthorn/core";
import { testPostProblem } from "@posthorn/delivery";
import type { TestPost } from "@posthorn/delivery";
import type { Definitions, Records } from "@posthorn/store";
import { batchStatusRow } from "../batch-status.ts";
import { methodNotAllowed } from "../errors.ts";
import { readJsonBody } from "../json-body.ts";
import type { WebhookMirror } from "../mirror.ts";

export interface WebhookRouteDeps {
  readonly definitions: Definitions;
  readonly records: Records;
  readonly mirror: Pick<WebhookMirror, "awaitActivation">;
  readonly testPost: TestPost;
  readonly box: SecretBox;
  readonly isKnownEventType: (type: string) => boolean;
  /** Where a new webhook's batches are to lie. */
  readonly choosePartition: () => number;
  readonly baseUrl: (request: Request) => string;
  readonly now: () => number;
}

const STATUS_ROWS = 1_000;

/** Create, list, retrieve, update, delete and batch status, with the original's wire format. */
export function createWebhooksRouter(deps: WebhookRouteDeps): Router {
  const { definitions, records, mirror, box, baseUrl, now, isKnownEventType } = deps;
  const router = Router();

  const sealToken = (id: string, token: string | null): Webhook["authToken"] =>
    token === null ? null : box.seal(token, tokenContext(id));

  const probe = async (target: string, token: string | null): Promise<void> => {
    const outcome = await deps.testPost({ target, ...(token === null ? {} : { authToken: token }) });
    if (!isSuccess(outcome)) throw new DomainError("TEST_POST_FAILED", [testPostProblem(outcome)]);
  };

  const find = async (request: Request): Promise<Webhook> => {
    const id = webhookId(String(request.params["id"]));
    const webhook = id === undefined ? undefined : await definitions.get(id);
    if (webhook === undefined) throw unknownWebhook();
    return webhook;
  };

  router
    .route("/")
    .post(async (request, response) => {
      const input = accepted(parseCreate(await readJsonBody(request), isKnownEventType));
      const { name = "", target = "", events = [], authToken = null, active = true } = input;
      await probe(target, authToken);
      const id = webhookId(randomUUID());
      if (id === undefined) throw new Error("a generated id is no UUID");
      const nowMs = now();
      const version = await definitions.create({
        ...WEBHOOK_DEFAULTS,
        id,
        revision: 1,
        partition: deps.choosePartition(),
        name,
        target,
        events,
        authToken: sealToken(id, authToken),
        active,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
      });
      await mirror.awaitActivation(version);
      response.json({ results: { id, links: webhookLinks(baseUrl(request), id) } });
    })
    .get(async (request, response) => {
      const webhooks = await definitions.list();
      const activity = await records.activity(webhooks);
      const base = baseUrl(request);
      response.json({
        results: webhooks.map((webhook, index) =>
          viewWebhook(webhook, activity[index] ?? NEVER, webhookLinks(base, webhook.id)),
        ),
      });
    })
    .all(methodNotAllowed("GET", "POST"));

  router
    .route("/:id")
    .get(async (request, response) => {
      const webhook = await find(request);
      const [last] = await records.activity([webhook]);
      response.json({ results: viewWebhook(webhook, last ?? NEVER, detailLinks(baseUrl(request), webhook.id)) });
    })
    .put(async (request, response) => {
      const body = await readJsonBody(request);
      for (;;) {
        const webhook = await find(request);
        const input = accepted(parseUpdate(body, webhook.id, isKnownEventType));
        const change = changeOf(webhook, input, { box, sealToken, nowMs: now() });
        if (change.needsProbe) await probe(change.webhook.target, change.token);
        if (change.isChanged) {
          const write = await definitions.update(change.webhook, { drain: change.needsDrain });
          if (write.kind === "conflict") continue;
          if (write.kind === "missing") throw unknownWebhook();
          await mirror.awaitActivation(write.version);
        }
        response.json({ results: { id: webhook.id, links: validateLinks(baseUrl(request), webhook.id) } });
        return;
      }
    })
    .delete(async (request, response) => {
      const webhook = await find(request);
      const write = await definitions.remove(webhook.id);
      if (write.kind === "missing") throw unknownWebhook();
      if (write.kind === "written") await mirror.awaitActivation(write.version);
      response.status(204).end();
    })
    .all(methodNotAllowed("GET", "PUT", "DELETE"));

  router
    .route("/:id/batch-status")
    .get(async (request, response) => {
      const webhook = await find(request);
      const batches = await records.batches(webhook.id, webhook.partition, readLimit(request.query["limit"]));
      response.json({ results: batches.map((attempts) => batchStatusRow(webhook.id, attempts)) });
    })
    .all(methodNotAllowed("GET"));

  return router;
}

const NEVER = { lastSuccessAtMs: undefined, lastFailureAtMs: undefined };

/** What a sealed token is bound to. */
export function tokenContext(id: string): string {
  return `${id}:auth_token`;
}

function unknownWebhook(): DomainError {
  return new DomainError("NOT_FOUND", [
    { message: "Resource could not be found", description: "There is no webhook with this id.", code: "1600" },
  ]);
}

function accepted(parsed: ParsedInput): WebhookInput {
  if (parsed.kind === "bad") throw new DomainError("INVALID", parsed.problems);
  return parsed.input;
}

function readLimit(text: unknown): number {
  if (text === undefined) return STATUS_ROWS;
  if (typeof text === "string" && /^[1-9]\d{0,5}$/.test(text)) return Math.min(Number(text), STATUS_ROWS);
  throw new DomainError("INVALID", [
    { message: `limit is a whole number from 1 to ${STATUS_ROWS}`, param: "limit", value: text },
  ]);
}

/** What an update makes of a webhook. The test POST guards a new target; a repaired one gets what waits at once. */
function changeOf(
  webhook: Webhook,
  input: WebhookInput,
  deps: {
    readonly box: SecretBox;
    readonly sealToken: (id: string, token: string | null) => Webhook["authToken"];
    readonly nowMs: number;
  },
) {
  const oldToken = webhook.authToken === null ? null : deps.box.open(webhook.authToken, tokenContext(webhook.id));
  const token = input.authToken === undefined ? oldToken : input.authToken;
  const target = input.target ?? webhook.target;
  const active = input.active ?? webhook.active;
  const isNewTarget = target !== webhook.target;
  const isNewToken = token !== oldToken;
  const changed: Webhook = {
    ...webhook,
    revision: webhook.revision + 1,
    name: input.name ?? webhook.name,
    target,
    events: input.events ?? webhook.events,
    authToken: isNewToken ? deps.sealToken(webhook.id, token) : webhook.authToken,
    active,
    inactiveReason: active ? null : webhook.inactiveReason,
    updatedAtMs: deps.nowMs,
  };
  const isChanged =
    isNewTarget ||
    isNewToken ||
    changed.name !== webhook.name ||
    active !== webhook.active ||
    changed.events.join() !== webhook.events.join();
  return { webhook: changed, token, isChanged, needsProbe: isNewTarget, needsDrain: isNewTarget || isNewToken };
}
