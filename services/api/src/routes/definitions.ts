import { Router } from "express";
import type { Request, Response } from "express";
import { DomainError, exportedFields, openReadable, readDefinitions } from "@posthorn/core";
import { callScope } from "../call-scope.ts";
import { applyDefinitions, dryRun } from "../definitions/apply-definitions.ts";
import type { DefinitionsDeps } from "../definitions/apply-definitions.ts";
import { readMode, readSecretsShown, readSwitch } from "../definitions/query.ts";
import { methodNotAllowed } from "../errors.ts";
import { demandGrant } from "../grants.ts";
import { readJsonBody } from "../json-body.ts";

/** Some ten thousand webhooks. */
export const DEFINITIONS_BYTES_MAX = 8 * 1024 ** 2;

/** Two imports at the same time are rare, and mostly soon done. */
const PATIENCE_MS = 5_000;

/** `/definitions`: all webhooks as a file has them, and a file that is imported. */
export function createDefinitionsRouter(deps: DefinitionsDeps): Router {
  const { definitions, box } = deps;
  const router = Router();
  router
    .route("/")
    .get(async (request, response) => {
      refuseScope(request, response);
      const secrets = readSecretsShown(request.query["secrets"]);
      if (secrets === "clear") demandGrant(response, "admin");
      const webhooks = await definitions.list();
      const results = webhooks.map((webhook) => exportedFields(openReadable(webhook, box), secrets));
      // What is in it is nobody's to keep but the caller's.
      response.set("Cache-Control", "no-store").json({ results });
    })
    .put(async (request, response) => {
      refuseScope(request, response);
      const isDryRun = readSwitch(request.query["dry_run"], "dry_run");
      const mode = readMode(request.query["mode"], isDryRun);
      const insist = readSwitch(request.query["insist"], "insist");
      const file = readDefinitions(await readJsonBody(request, { maxBytes: DEFINITIONS_BYTES_MAX }));
      const results = isDryRun
        ? await dryRun(deps, file, mode)
        : await applyDefinitions(deps, file, { mode, insist, patienceMs: PATIENCE_MS });
      // It may hold signing secrets that were made.
      response.set("Cache-Control", "no-store").json({ results });
    })
    .all(methodNotAllowed("GET", "PUT"));
  return router;
}

/** A file speaks of all webhooks, whosever events they get. */
function refuseScope(request: Request, response: Response): void {
  if (callScope(request, response) === undefined) return;
  throw new DomainError("FORBIDDEN", [
    {
      message: "Forbidden.",
      description:
        "Definitions are those of all subaccounts: leave X-MSYS-SUBACCOUNT out, and use an API key that is bound to none",
      code: "1100",
    },
  ]);
}
