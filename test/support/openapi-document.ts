import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { ErrorObject, ValidateFunction } from "ajv";
import { createCatalogue } from "@posthorn/core";
import { VERSION } from "@posthorn/runtime";
import { createDocument } from "../../services/api/src/openapi/document.ts";
import type { Answer, Operation, Parameter, PathItem, Reference } from "../../services/api/src/openapi/operation.ts";
import type { Schema } from "../../services/api/src/openapi/schema.ts";

/** The document as an API process of this source serves it. */
export const DOCUMENT = createDocument({
  version: VERSION,
  publicUrl: undefined,
  eventTypes: [...createCatalogue().types.keys()],
});

export const METHODS = ["get", "put", "post", "delete"] as const satisfies readonly (keyof PathItem)[];

/** One call of the document, with what its path says of it too. */
export interface DocumentedCall {
  readonly template: string;
  readonly operation: Operation;
  readonly parameters: readonly Parameter[];
  /** The values of the path's parameters. */
  readonly pathValues: Readonly<Record<string, string>>;
}

interface MatchedPath {
  readonly template: string;
  readonly item: PathItem;
  readonly pathValues: Readonly<Record<string, string>>;
}

interface PathPattern {
  readonly template: string;
  readonly item: PathItem;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** Paths without parameters win over those with, as in the routers. */
const PATTERNS: readonly PathPattern[] = Object.entries(DOCUMENT.paths)
  .map(([template, item]) => {
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const pattern = new RegExp(`^${template.replaceAll(".", String.raw`\.`).replaceAll(/\{\w+\}/g, "([^/]+)")}/?$`);
    return { template, item, pattern, names };
  })
  .toSorted((a, b) => a.names.length - b.names.length);

/** The path of the document that a request's path belongs to, if there is one. */
export function matchPath(path: string): MatchedPath | undefined {
  for (const { template, item, pattern, names } of PATTERNS) {
    const match = pattern.exec(path);
    if (match === null) continue;
    const values = match.slice(1).map(decoded);
    return { template, item, pathValues: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""])) };
  }
  return undefined;
}

/** The call that a method makes there, if it is documented; HEAD is GET without the body. */
export function callAt({ template, item, pathValues }: MatchedPath, method: string): DocumentedCall | undefined {
  const wanted = method === "HEAD" ? "GET" : method;
  const name = METHODS.find((one) => one.toUpperCase() === wanted);
  const operation = name === undefined ? undefined : item[name];
  if (operation === undefined) return undefined;
  return { template, operation, parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])], pathValues };
}

/** The methods that a path has, as `Allow` names them. */
export function methodsOf({ item }: MatchedPath): string[] {
  return METHODS.filter((method) => item[method] !== undefined).map((method) => method.toUpperCase());
}

/** An answer of the document, wherever it stands. */
export function resolveAnswer(answer: Answer | Reference | undefined): Answer | undefined {
  if (answer === undefined || !("$ref" in answer)) return answer;
  return DOCUMENT.components.responses[answer.$ref.replace("#/components/responses/", "")];
}

/** Keywords of schemas that are for people only. */
const ANNOTATIONS = ["x-posthorn"];
const ROOT = "posthorn";

const strict = createValidator({ coerceTypes: false }, (schema) => schema);
const fromText = createValidator({ coerceTypes: true }, (schema) => ({ type: "object", properties: { text: schema } }));

function createValidator(
  options: { readonly coerceTypes: boolean },
  wrap: (schema: Schema) => Schema,
): (schema: Schema) => ValidateFunction {
  const ajv = new Ajv2020({ ...options, allErrors: true, allowUnionTypes: true, verbose: true });
  addFormats.default(ajv);
  for (const keyword of [...ANNOTATIONS, ...Object.keys(DOCUMENT)]) ajv.addKeyword(keyword);
  ajv.addSchema(DOCUMENT, ROOT);
  const compiled = new Map<Schema, ValidateFunction>();
  return (schema) => {
    const validate = compiled.get(schema) ?? ajv.compile(wrap(rooted(schema)));
    compiled.set(schema, validate);
    return validate;
  };
}

/** References are into the document, from wherever they stand in it. */
function rooted(value: Schema): Schema {
  return JSON.parse(JSON.stringify(value), (name, member: unknown) =>
    name === "$ref" && typeof member === "string" ? `${ROOT}${member}` : member,
  ) as Schema;
}

/** What of a value is not as the schema says, in words; empty = nothing. */
export function schemaProblems(schema: Schema, value: unknown): string[] {
  return problemsOf(strict(schema), value);
}

/** The same for a parameter, which comes as text. */
export function textProblems(schema: Schema, text: string | readonly string[]): string[] {
  return problemsOf(fromText(schema), { text });
}

function problemsOf(validate: ValidateFunction, value: unknown): string[] {
  if (validate(value)) return [];
  return [...new Set((validate.errors ?? []).map(problemText))];
}

function problemText({ instancePath, message, params, keyword, data }: ErrorObject): string {
  const more =
    keyword === "additionalProperties" || keyword === "enum" || keyword === "const" ? ` ${JSON.stringify(params)}` : "";
  return `${instancePath || "/"} ${message}${more}, but is ${shown(data)}`;
}

function shown(data: unknown): string {
  const text = JSON.stringify(data) ?? "undefined";
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
