import type { WebhookView } from "@posthorn/api/views";

/** Stands for a secret that is stored and not shown; sent back, it leaves the secret as it is. */
export const MASK = "********";

export type AuthType = WebhookView["auth_type"];

/** What a field for a number holds: empty, a number, or a text that is none yet. */
export type NumberText = number | string;

/** A custom header as it stands in its row. */
export interface HeaderRow {
  readonly name: string;
  readonly value: string;
}

/** All that the form holds, as people type it. Secrets that are stored are the mask. */
export interface WebhookFormValues {
  readonly name: string;
  readonly target: string;
  /** `every` = all types that the catalogue has now; `events` is kept beside it, for who changes their mind. */
  readonly eventChoice: "every" | "chosen";
  readonly events: readonly string[];
  readonly authToken: string;
  readonly authType: AuthType;
  readonly username: string;
  readonly password: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly grantType: string;
  /** Further members of the token request, as JSON; empty = none. */
  readonly tokenExtras: string;
  readonly headers: readonly HeaderRow[];
  readonly isSigned: boolean;
  /** Empty = one is made. */
  readonly signingSecret: string;
  readonly scope: "everybody" | "primary" | "subaccount";
  readonly subaccount: NumberText;
  readonly exceptions: readonly string[];
  readonly active: boolean;
  readonly paused: boolean;
  readonly concurrency: NumberText;
  readonly rateLimit: NumberText;
  readonly tlsCa: string;
}

export const NEW_WEBHOOK: WebhookFormValues = {
  name: "",
  target: "",
  eventChoice: "every",
  events: [],
  authToken: "",
  authType: "none",
  username: "",
  password: "",
  tokenUrl: "",
  clientId: "",
  clientSecret: "",
  grantType: "client_credentials",
  tokenExtras: "",
  headers: [],
  isSigned: false,
  signingSecret: "",
  scope: "everybody",
  subaccount: "",
  exceptions: [],
  active: true,
  paused: false,
  concurrency: "",
  rateLimit: "",
  tlsCa: "",
};

/** A webhook as the form shows it. `known` are the types of the catalogue: who wants all of them wants every type. */
export function valuesOf(webhook: WebhookView, known: readonly string[]): WebhookFormValues {
  const { auth_credentials: credentials, auth_request_details: details, subaccount_id: subaccount } = webhook;
  return {
    ...NEW_WEBHOOK,
    name: webhook.name,
    target: webhook.target,
    eventChoice: known.length > 0 && known.every((type) => webhook.events.includes(type)) ? "every" : "chosen",
    events: webhook.events,
    authToken: webhook.auth_token,
    authType: webhook.auth_type,
    username: textIn(credentials, "username"),
    password: textIn(credentials, "password"),
    ...(webhook.auth_type === "oauth2" ? tokenRequestOf(details) : {}),
    headers: Object.entries(webhook.custom_headers).map(([name, value]) => ({ name, value })),
    isSigned: webhook.signing.enabled,
    signingSecret: webhook.signing.secret ?? "",
    scope: subaccount === undefined ? "everybody" : subaccount === 0 ? "primary" : "subaccount",
    subaccount: subaccount === undefined || subaccount === 0 ? "" : subaccount,
    exceptions: webhook.exception_subaccounts ?? [],
    active: webhook.active,
    paused: webhook.paused,
    concurrency: webhook.concurrency ?? "",
    rateLimit: webhook.rate_limit ?? "",
    tlsCa: webhook.tls_ca ?? "",
  };
}

type Json = Readonly<Record<string, unknown>>;

/** The members that nearly every token request has get fields of their own; the rest stays JSON. */
function tokenRequestOf({ url, body }: Json) {
  const { client_id, client_secret, grant_type, ...others } = isObject(body) ? body : {};
  const extras: Json = {
    ...otherThanText({ client_id, client_secret, grant_type }),
    ...others,
  };
  return {
    tokenUrl: typeof url === "string" ? url : "",
    clientId: typeof client_id === "string" ? client_id : "",
    clientSecret: typeof client_secret === "string" ? client_secret : "",
    grantType: typeof grant_type === "string" ? grant_type : "",
    tokenExtras: Object.keys(extras).length === 0 ? "" : JSON.stringify(extras, null, 2),
  };
}

function otherThanText(members: Json): Json {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && typeof value !== "string"),
  );
}

function textIn(fields: Json, name: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : "";
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
