import type { Schema } from "./schema.ts";

export interface Reference {
  readonly $ref: string;
}

/** Values that a reader sees, and that a viewer puts into its forms; tests check them against their schema. */
export type Examples = Readonly<Record<string, { readonly summary?: string; readonly value: unknown }>>;

export interface MediaType {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Examples;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly description: string;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly style?: "form";
  readonly explode?: boolean;
  readonly example?: unknown;
  readonly "x-posthorn"?: true;
}

export interface RequestBody {
  readonly description?: string;
  readonly required: boolean;
  readonly content: Readonly<Record<string, MediaType>>;
}

export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Reference>>;
  /** Absent = the answer has no body. */
  readonly content?: Readonly<Record<string, MediaType>>;
}

/** What may prove who calls; alternatives, of which `{}` means that nothing has to. */
type Security = readonly Readonly<Record<string, readonly string[]>>[];

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: RequestBody;
  readonly responses: Readonly<Record<string, Answer | Reference>>;
  readonly security: Security;
  readonly "x-posthorn"?: true;
}

/** The calls of one path. Its parameters belong to all of them. */
export interface PathItem {
  readonly parameters?: readonly Parameter[];
  readonly get?: Operation;
  readonly put?: Operation;
  readonly post?: Operation;
  readonly delete?: Operation;
}

export type Paths = Readonly<Record<string, PathItem>>;

/** Ways to name the key; either will do. */
export const KEY_SECURITY: Security = [{ apiKey: [] }, { basicKey: [] }];
export const NO_SECURITY: Security = [];

export const REQUEST_ID = { "X-Request-ID": { $ref: "#/components/headers/RequestId" } } as const;

const JSON_TYPE = "application/json";

/** A successful answer with a JSON body. */
export function answer(description: string, schema: Schema, example?: unknown): Answer {
  return {
    description,
    headers: REQUEST_ID,
    content: { [JSON_TYPE]: { schema, ...(example === undefined ? {} : { example }) } },
  };
}

/** A successful answer without a body. */
export function emptyAnswer(description: string): Answer {
  return { description, headers: REQUEST_ID };
}

/** A JSON body that has to be there unless `required` says otherwise. */
export function jsonBody(schema: Schema, examples: Examples, { required = true } = {}): RequestBody {
  return { required, content: { [JSON_TYPE]: { schema, examples } } };
}
