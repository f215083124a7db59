import { randomBytes } from "node:crypto";
import { Router } from "express";
import type { Request } from "express";
import { apiKeyId, DomainError, mintKey, parseApiKeyInput, viewApiKey, viewNewApiKey } from "@posthorn/core";
import type { ApiKey, ApiKeyId, ApiKeyInput, NewApiKeyView } from "@posthorn/core";
import type { ApiKeys } from "@posthorn/store";
import { methodNotAllowed } from "../errors.ts";
import { readJsonBody } from "../json-body.ts";
import type { WebhookMirror } from "../mirror.ts";

export interface ApiKeyRouteDeps {
  readonly apiKeys: Pick<ApiKeys, "create" | "list" | "revoke">;
  readonly mirror: Pick<WebhookMirror, "awaitActivation">;
  readonly now: () => number;
}

/** Create, list, retrieve and revoke API keys. The key of the configuration is none of them. */
export function createApiKeysRouter({ apiKeys, mirror, now }: ApiKeyRouteDeps): Router {
  const router = Router();

  const create = async (input: ApiKeyInput, createdAtMs: number): Promise<NewApiKeyView> => {
    for (;;) {
      const { id, text, hash } = mintKey(randomBytes);
      const key: ApiKey = { ...input, id, hash, createdAtMs };
      const creation = await apiKeys.create(key);
      if (creation.kind === "exists") continue;
      await mirror.awaitActivation(creation.version);
      return viewNewApiKey(key, text);
    }
  };

  router
    .route("/")
    .post(async (request, response) => {
      const nowMs = now();
      const parsed = parseApiKeyInput(await readJsonBody(request), nowMs);
      if (parsed.kind === "bad") throw new DomainError("INVALID", parsed.problems);
      const results = await create(parsed.input, nowMs);
      // The text of a key is nobody's to keep but the caller's.
      response.set("Cache-Control", "no-store").json({ results });
    })
    .get(async (_request, response) => {
      response.json({ results: (await apiKeys.list()).map(viewApiKey) });
    })
    .all(methodNotAllowed("GET", "POST"));

  router
    .route("/:id")
    .get(async (request, response) => {
      const id = idIn(request);
      const key = (await apiKeys.list()).find((one) => one.id === id);
      if (key === undefined) throw unknownKey();
      response.json({ results: viewApiKey(key) });
    })
    .delete(async (request, response) => {
      const revocation = await apiKeys.revoke(idIn(request));
      if (revocation.kind === "missing") throw unknownKey();
      await mirror.awaitActivation(revocation.version);
      response.status(204).end();
    })
    .all(methodNotAllowed("GET", "DELETE"));

  return router;
}

function idIn(request: Request): ApiKeyId {
  const id = apiKeyId(String(request.params["id"]));
  if (id === undefined) throw unknownKey();
  return id;
}

function unknownKey(): DomainError {
  return new DomainError("NOT_FOUND", [
    { message: "Resource could not be found", description: "There is no API key with this id.", code: "1600" },
  ]);
}
