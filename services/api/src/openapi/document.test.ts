import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { VERSION } from "@posthorn/runtime";
import { DOCUMENT, METHODS, resolveAnswer, schemaProblems } from "../../../../test/support/openapi-document.ts";
import { createDocument } from "./document.ts";
import type { MediaType, Operation, Parameter } from "./operation.ts";

const ROOT = join(__dirname, "../../../..");

const operations: readonly (readonly [string, Operation])[] = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => {
    const operation = item[method];
    return operation === undefined ? [] : [[`${method.toUpperCase()} ${path}`, operation] as const];
  }),
);

/** Every value below `value`, with where it stands. */
function* members(value: unknown, path = "#"): Generator<readonly [string, unknown]> {
  yield [path, value];
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) yield* members(member, `${path}/${name}`);
}

test("the document is valid OpenAPI 3.1, as a published validator judges, and its references resolve", async () => {
  const folder = await mkdtemp(join(tmpdir(), "posthorn-openapi-"));
  const file = join(folder, "openapi.json");
  try {
    await writeFile(file, JSON.stringify(DOCUMENT));
    const validator = join(ROOT, "node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js");
    const verdict = await promisify(execFile)(process.execPath, [validator, file]).catch(
      ({ stdout }: { readonly stdout: string }) => ({ stdout }),
    );
    expect(JSON.parse(verdict.stdout)).toEqual({ valid: true });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("every reference leads somewhere, and every shared schema, answer and header is used", () => {
  const used = new Set<string>();
  for (const [path, value] of members(DOCUMENT)) {
    if (!path.endsWith("/$ref")) continue;
    used.add(String(value));
    const target = String(value)
      .split("/")
      .slice(1)
      .reduce<unknown>((place, name) => (place as Record<string, unknown> | undefined)?.[name], DOCUMENT);
    expect([value, target]).toEqual([value, expect.anything()]);
  }
  const { securitySchemes: _, ...components } = DOCUMENT.components;
  const shared = Object.entries(components).flatMap(([kind, named]) =>
    Object.keys(named).map((name) => `#/components/${kind}/${name}`),
  );
  expect([...used].toSorted()).toEqual(shared.toSorted());
});

test("operations have ids of their own, tags that are explained, and ways to prove who calls that exist", () => {
  const ids = operations.map(([, { operationId }]) => operationId);
  expect(ids).toEqual([...new Set(ids)]);
  const tags = new Set(DOCUMENT.tags.map(({ name }) => name));
  const schemes = new Set(Object.keys(DOCUMENT.components.securitySchemes));
  for (const [, operation] of operations) {
    for (const tag of operation.tags) expect(tags).toContain(tag);
    for (const way of operation.security) for (const name of Object.keys(way)) expect(schemes).toContain(name);
  }
});

test("what the original Webhooks API has is not marked as Posthorn's own, and everything else is (facts §1.1, §3.8)", () => {
  const original = operations.filter(([, operation]) => operation["x-posthorn"] !== true).map(([name]) => name);
  expect(original.toSorted()).toEqual([
    "DELETE /api/v1/webhooks/{id}",
    "GET /api/v1/webhooks",
    "GET /api/v1/webhooks/events/documentation",
    "GET /api/v1/webhooks/events/samples",
    "GET /api/v1/webhooks/{id}",
    "GET /api/v1/webhooks/{id}/batch-status",
    "POST /api/v1/ingest/events",
    "POST /api/v1/webhooks",
    "POST /api/v1/webhooks/{id}/validate",
    "PUT /api/v1/webhooks/{id}",
  ]);
});

test("parameters and shared schemas that the original does not have are marked, too (facts §1.1, §1.2, §1.8)", () => {
  const parameters = [
    ...operations.flatMap(([, operation]) => operation.parameters ?? []),
    ...Object.values(DOCUMENT.paths).flatMap((item) => item.parameters ?? []),
  ];
  const original = parameters.filter((parameter) => parameter["x-posthorn"] !== true).map(({ name }) => name);
  expect([...new Set(original)].toSorted()).toEqual([
    "Content-Encoding",
    "X-MSYS-SUBACCOUNT",
    "events",
    "id",
    "limit",
    "timezone",
  ]);
  const schemas = Object.entries(DOCUMENT.components.schemas).filter(([, schema]) => schema["x-posthorn"] !== true);
  expect(schemas.map(([name]) => name).toSorted()).toEqual([
    "BatchStatus",
    "ChangedWebhook",
    "Errors",
    "Event",
    "EventClass",
    "EventType",
    "GeneralError",
    "Link",
    "NewWebhook",
    "ParameterError",
    "SampleEvent",
    "TargetAnswer",
    "ValidateMessage",
    "Webhook",
    "WebhookUpdate",
  ]);
});

test("every example is as its schema says", () => {
  const wrong: string[] = [];
  const check = (where: string, media: MediaType | Parameter): void => {
    const named = "examples" in media ? Object.entries(media.examples ?? {}) : [];
    const examples = [["example", media.example] as const, ...named.map(([name, { value }]) => [name, value] as const)];
    for (const [name, value] of examples) {
      if (value === undefined) continue;
      wrong.push(...schemaProblems(media.schema, value).map((problem) => `${where}, ${name}: ${problem}`));
    }
  };
  let successes = 0;
  for (const [name, { parameters = [], requestBody, responses }] of operations) {
    for (const parameter of parameters) check(`${name}, ${parameter.name}`, parameter);
    for (const media of Object.values(requestBody?.content ?? {})) {
      expect([name, Object.keys(media.examples ?? {}).length]).toEqual([name, expect.any(Number)]);
      check(`${name}, request`, media);
    }
    for (const [status, answer] of Object.entries(responses)) {
      for (const media of Object.values(resolveAnswer(answer)?.content ?? {})) {
        check(`${name}, ${status}`, media);
        if (status === "200" && media.example !== undefined) successes++;
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(successes).toBeGreaterThan(10);
});

test("every successful answer in JSON has an example, and every body has one to try", () => {
  for (const [name, { requestBody, responses }] of operations) {
    const media = resolveAnswer(responses[200])?.content?.["application/json"];
    // The document does not hold itself.
    if (media !== undefined && name !== "GET /api/v1/openapi.json")
      expect([name, media]).toEqual([name, expect.objectContaining({ example: expect.anything() })]);
    for (const body of Object.values(requestBody?.content ?? {}))
      expect([name, Object.keys(body.examples ?? {})]).not.toEqual([name, []]);
  }
});

test("the document names the release, the event types, and PUBLIC_URL when there is one; nobody can change it", () => {
  const document = createDocument({
    version: VERSION,
    publicUrl: "https://posthorn.example.com/hooks",
    eventTypes: ["open", "own_type"],
  });
  expect(document.info["version"]).toBe(VERSION);
  expect(document.servers).toEqual([{ url: "https://posthorn.example.com/hooks", description: "PUBLIC_URL" }]);
  expect(JSON.stringify(document.components.schemas["NewWebhook"])).toContain("open, own_type");
  expect(new URL(DOCUMENT.servers[0]?.url ?? "", "https://proxy.example/posthorn/api/v1/openapi.json").href).toBe(
    "https://proxy.example/posthorn/",
  );
  for (const [path, value] of members(document)) expect([path, Object.isFrozen(value)]).toEqual([path, true]);
});

test("the viewer's package reports to nobody when it is installed", async () => {
  const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as Record<string, unknown>;
  expect(manifest["scarfSettings"]).toEqual({ enabled: false });
});
