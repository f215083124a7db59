type JsonType = "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";

/** The part of JSON Schema 2020-12 that the document is written in: a keyword that is misspelt does not compile. */
export interface Schema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly format?: "uuid" | "date-time" | "uri";
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly anyOf?: readonly Schema[];
  /** True for what the original API does not have. */
  readonly "x-posthorn"?: true;
}

/** What a schema of the components is called; `#/components/schemas/…` is said here only. */
export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/**
 * An object that Posthorn makes, or takes, itself: it has these members and no other. All of them are there, but for
 * the `optional` ones.
 */
export function exactly(
  properties: Readonly<Record<string, Schema>>,
  { optional = [], ...rest }: { readonly optional?: readonly string[]; readonly description?: string } = {},
): Schema {
  return {
    type: "object",
    ...rest,
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  };
}

/** The same, where everything may be left out. */
export function atMost(
  properties: Readonly<Record<string, Schema>>,
  rest: { readonly description?: string } = {},
): Schema {
  return { type: "object", ...rest, properties, additionalProperties: false };
}

export function listOf(items: Schema, rest: Omit<Schema, "type" | "items"> = {}): Schema {
  return { type: "array", items, ...rest };
}

/** Marks a member that the original API does not have. */
export function ownField(schema: Schema): Schema {
  return { ...schema, "x-posthorn": true };
}

/** Marks what only calls that the original API does not have take and answer. */
export function ownSchemas(schemas: Readonly<Record<string, Schema>>): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, ownField(schema)]));
}

/** The envelope of every successful answer. */
export function results(schema: Schema): Schema {
  return exactly({ results: schema });
}

/** A time as Posthorn writes it where the original has no format of its own. */
export function timestamp(description: string): Schema {
  return { type: "string", format: "date-time", description };
}

/** Such a time, or `null`. */
export function timestampOrNull(description: string): Schema {
  return { type: ["string", "null"], format: "date-time", description };
}

export function count(description: string): Schema {
  return { type: "integer", minimum: 0, description };
}
