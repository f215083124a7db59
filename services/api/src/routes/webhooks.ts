import { randomUUID } from "node:crypto";
import { Router } from "express";
import type { Request } from "express";
import {
  detailLinks,
  DomainError,
  isSuccess,
  openReadable,
  shownAccess,
  validateLinks,
  viewWebhook,
  webhookId,
  webhookLinks,
} from "@posthorn/core";
import type { Link, Webhook, WebhookView } from "@posthorn/core";
import { testPostProblem } from "@posthorn/delivery";
import type { Records } from "@posthorn/store";
import { batchStatusRow, STATUS_ROWS } from "../batch-status.ts";
import { callScope } from "../call-scope.ts";
import { readSwitch } from "../definitions/query.ts";
import { methodNotAllowed } from "../errors.ts";
import { openAccess } from "../webhooks/open-access.ts";
import { readJsonBody } from "../json-body.ts";
import { changeWebhook, createWebhook, updateWebhook } from "../webhooks/change-webhook.ts";
import type { ChangeDeps } from "../webhooks/change-webhook.ts";
import { findWebhook, isVisible, unknownWebhook } from "../webhooks/find-webhook.ts";
import { viewRequest } from "../webhooks/view-request.ts";
import { readRotation } from "../webhooks/rotation.ts";
import { readLimit, readTimeZone } from "../webhooks/query.ts";
import { readMessage } from "../webhooks/validate-message.ts";

export interface WebhookRouteDeps extends ChangeDeps {
  readonly records: Records;
  /** For how long the token that a webhook has at the moment was granted. */
  readonly tokenLifeSeconds: (webhook: Webhook) => Promise<number | undefined>;
  readonly baseUrl: (request: Request) => string;
  /** What goes out as `User-Agent`. */
  readonly userAgent: string;
}

/** The calls of the original's Webhooks API that name webhooks, and the rotation of signing secrets. */
export function createWebhooksRouter(deps: WebhookRouteDeps): Router {
  const { definitions, records, baseUrl, now, box } = deps;
  const router = Router();

  const view = async (
    webhooks: readonly Webhook[],
    timeZone: string,
    linksOf: (webhook: Webhook) => Link[],
  ): Promise<WebhookView[]> => {
    const [activity, lives] = await Promise.all([
      records.activity(webhooks),
      Promise.all(webhooks.map(deps.tokenLifeSeconds)),
    ]);
    return webhooks.map((webhook, index) =>
      viewWebhook(webhook, {
        last: activity[index] ?? NEVER,
        tokenLifeSeconds: lives[index],
        links: linksOf(webhook),
        timeZone,
        nowMs: now(),
      }),
    );
  };

  router
    .route("/")
    .post(async (request, response) => {
      const scope = callScope(request, response);
      const body = await readJsonBody(request);
      const id = webhookId(randomUUID());
      if (id === undefined) throw new Error("a generated id is no UUID");
      const { generatedSecret } = await createWebhook(deps, body, { id, owner: "api", scope, insist: true });
      response.json({
        results: { id, links: webhookLinks(baseUrl(request), id), ...shownOnce(generatedSecret) },
      });
    })
    .get(async (request, response) => {
      const scope = callScope(request, response);
      const timeZone = readTimeZone(request.query["timezone"]);
      const webhooks = (await definitions.list()).filter((webhook) => isVisible(webhook, scope));
      const base = baseUrl(request);
      response.json({ results: await view(webhooks, timeZone, ({ id }) => webhookLinks(base, id)) });
    })
    .all(methodNotAllowed("GET", "POST"));

  router
    .route("/:id")
    .get(async (request, response) => {
      const timeZone = readTimeZone(request.query["timezone"]);
      const webhook = await findWebhook(definitions, request, response);
      const [shown] = await view([webhook], timeZone, ({ id }) => detailLinks(baseUrl(request), id));
      response.json({ results: shown });
    })
    .put(async (request, response) => {
      const find = (): Promise<Webhook> => findWebhook(definitions, request, response);
      await find();
      const body = await readJsonBody(request);
      const { webhook, generatedSecret } = await updateWebhook(deps, find, body, {
        scope: callScope(request, response),
        insist: true,
      });
      response.json({
        results: { id: webhook.id, links: validateLinks(baseUrl(request), webhook.id), ...shownOnce(generatedSecret) },
      });
    })
    .delete(async (request, response) => {
      const isDrained = readSwitch(request.query["drain"], "drain");
      const { id } = await findWebhook(definitions, request, response);
      const write = await (isDrained ? definitions.letGo(id) : definitions.remove(id));
      if (write.kind === "missing") throw unknownWebhook();
      if (write.kind === "written") await deps.mirror.awaitActivation(write.version);
      response.status(204).end();
    })
    .all(methodNotAllowed("GET", "PUT", "DELETE"));

  router
    .route("/:id/validate")
    .post(async (request, response) => {
      const isPreview = readSwitch(request.query["preview"], "preview");
      const webhook = await findWebhook(definitions, request, response);
      const body = readMessage(await readJsonBody(request));
      if (isPreview) {
        // As the attempt itself, it is refused where a stored secret cannot be opened.
        openAccess(webhook, box, now());
        const settings = openReadable(webhook, box);
        const access = shownAccess(settings, settings);
        response.json({ results: { request: viewRequest({ access, body, userAgent: deps.userAgent, nowMs: now() }) } });
        return;
      }
      const outcome = await deps.testPost({ access: openAccess(webhook, box, now()), body });
      if (!isSuccess(outcome) || outcome.kind !== "answered") {
        throw new DomainError("TEST_POST_FAILED", [testPostProblem(outcome)]);
      }
      const { status, headers, bodyStart } = outcome;
      response.json({
        results: { msg: "Test POST to endpoint succeeded", response: { status, headers, body: bodyStart } },
      });
    })
    .all(methodNotAllowed("POST"));

  router
    .route("/:id/batch-status")
    .get(async (request, response) => {
      const limit = readLimit(request.query["limit"], { default: STATUS_ROWS, max: STATUS_ROWS });
      const webhook = await findWebhook(definitions, request, response);
      const batches = await records.batches(webhook.id, webhook.partition, limit);
      response.json({ results: batches.map((attempts) => batchStatusRow(webhook.id, attempts)) });
    })
    .all(methodNotAllowed("GET"));

  router
    .route("/:id/rotate-secret")
    .post(async (request, response) => {
      const find = (): Promise<Webhook> => findWebhook(definitions, request, response);
      await find();
      const body = await readJsonBody(request, { mayBeEmpty: true });
      const { webhook, generatedSecret } = await changeWebhook(deps, find, { insist: true }, (_, before) =>
        readRotation(body, before, { nowMs: now(), generateSecret: deps.generateSecret }),
      );
      const previous = webhook.signing?.previous ?? null;
      response.json({
        results: {
          id: webhook.id,
          signing: {
            ...shownOnce(generatedSecret).signing,
            previous_until: previous === null ? null : new Date(previous.untilMs).toISOString(),
          },
        },
      });
    })
    .all(methodNotAllowed("POST"));

  return router;
}

const NEVER = { lastSuccessAtMs: undefined, lastFailureAtMs: undefined };

function shownOnce(secret: string | undefined): { readonly signing?: { readonly secret: string } } {
  return secret === undefined ? {} : { signing: { secret } };
}
