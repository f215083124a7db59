import type { Problem } from "@posthorn/api/views";
import { problemWords } from "../shared/problem-words.ts";
import { isEmptyRow, parseExtras } from "./webhook-body.ts";
import type { WebhookFormValues } from "./form-values.ts";

/** Where a problem is shown: the name of a value of the form, or one row of the headers. */
export type FieldName = keyof WebhookFormValues | `headers.${number}`;

/** What people call the fields, in the order of the form. Headers are told apart by their rows. */
export const FIELD_LABELS: Readonly<Record<keyof WebhookFormValues, string>> = {
  name: "Name",
  target: "Target URL",
  eventChoice: "Events",
  events: "Events",
  authToken: "Authentication token",
  authType: "Authorization",
  username: "User name",
  password: "Password",
  tokenUrl: "Token URL",
  clientId: "Client ID",
  clientSecret: "Client secret",
  grantType: "Grant type",
  tokenExtras: "Further members of the token request",
  headers: "Custom headers",
  isSigned: "Signature",
  signingSecret: "Signing secret",
  scope: "Whose events",
  subaccount: "Subaccount",
  exceptions: "Except these subaccounts",
  active: "Active",
  paused: "Paused",
  concurrency: "Attempts at the same time",
  rateLimit: "Attempts per minute",
  tlsCa: "Certificate authorities",
};

export interface FieldProblem {
  /** `undefined` = it concerns no field of the form. */
  readonly field: FieldName | undefined;
  /** For people, beside the field. */
  readonly message: string;
  readonly description: string | undefined;
}

const FIELD_OF_PARAM: Readonly<Record<string, keyof WebhookFormValues>> = {
  name: "name",
  target: "target",
  events: "events",
  auth_token: "authToken",
  auth_type: "authType",
  auth_credentials: "username",
  "auth_credentials.username": "username",
  "auth_credentials.password": "password",
  auth_request_details: "tokenUrl",
  "auth_request_details.url": "tokenUrl",
  "auth_request_details.body": "clientId",
  "auth_request_details.body.client_id": "clientId",
  "auth_request_details.body.client_secret": "clientSecret",
  "auth_request_details.body.grant_type": "grantType",
  custom_headers: "headers",
  signing: "signingSecret",
  subaccount_id: "subaccount",
  exception_subaccounts: "exceptions",
  active: "active",
  paused: "paused",
  concurrency: "concurrency",
  rate_limit: "rateLimit",
  tls_ca: "tlsCa",
};

/** A problem that the API has found, beside the field that it means. */
export function fieldProblem(problem: Problem, values: WebhookFormValues): FieldProblem {
  const { param, description } = problem;
  const field = param === undefined ? undefined : fieldOf(param, problem.value, values);
  return { field, message: inWordsOfTheForm(problem, field), description };
}

function fieldOf(param: string, value: unknown, values: WebhookFormValues): FieldName | undefined {
  const name = nearestField(param);
  if (name === "headers") {
    return headerField(param.startsWith("custom_headers.") ? param.slice("custom_headers.".length) : value, values);
  }
  // Where a choice leaves no field to be wrong, the choice is.
  if (name === "subaccount" && values.scope !== "subaccount") return "scope";
  if (name === "events" && values.eventChoice === "every") return "eventChoice";
  return name;
}

/** The field of a path, else that of what it lies in, e.g. of `auth_request_details.body` for one of its members. */
function nearestField(param: string): keyof WebhookFormValues | undefined {
  const path = param.replaceAll(/\[\d+\]/g, "");
  const field = FIELD_OF_PARAM[path];
  if (field !== undefined) return field;
  if (path.startsWith("auth_request_details.body.")) return "tokenExtras";
  const end = path.lastIndexOf(".");
  return end === -1 ? undefined : nearestField(path.slice(0, end));
}

/** The row that has this name. */
function headerField(name: unknown, { headers }: WebhookFormValues): FieldName {
  const row = headers.findIndex((header) => header.name === name);
  return row === -1 ? "headers" : `headers.${row}`;
}

function inWordsOfTheForm({ message, param, value }: Problem, field: FieldName | undefined): string {
  if (param === undefined || field === undefined) return message;
  const entry = param.includes("[") && typeof value === "string" ? JSON.stringify(value) : undefined;
  return problemWords(message, param, entry ?? "This");
}

/** What people call the field. */
export function labelOf(field: FieldName): string {
  const row = rowOf(field);
  return row === undefined ? FIELD_LABELS[field as keyof WebhookFormValues] : `Custom header ${row + 1}`;
}

function rowOf(field: FieldName): number | undefined {
  return field.startsWith("headers.") ? Number(field.slice("headers.".length)) : undefined;
}

/** What the API cannot see, since it does not fit into a body. */
export function ownProblems(values: WebhookFormValues): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (values.authType === "oauth2" && parseExtras(values.tokenExtras) === undefined) {
    problems.push({
      field: "tokenExtras",
      message: 'This is no JSON object: write for example {"scope": "events"}',
      description: undefined,
    });
  }
  for (const [row, header] of values.headers.entries()) {
    const first = values.headers.findIndex(({ name }) => name === header.name);
    if (isEmptyRow(header) || first === row) continue;
    problems.push({
      field: `headers.${row}`,
      message: `Header ${first + 1} has this name already: give each name once`,
      description: undefined,
    });
  }
  return problems;
}

/** Problems in the order of the form, those of no field first. */
export function inFormOrder(problems: readonly FieldProblem[]): FieldProblem[] {
  return problems.toSorted((one, other) => placeOf(one.field) - placeOf(other.field));
}

const ORDER = Object.keys(FIELD_LABELS);

function placeOf(field: FieldName | undefined): number {
  if (field === undefined) return -1;
  const row = rowOf(field);
  return row === undefined ? ORDER.indexOf(field) : ORDER.indexOf("headers") + (row + 1) / 100;
}
