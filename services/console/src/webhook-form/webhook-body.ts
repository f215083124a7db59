import { isObject, NEW_WEBHOOK } from "./form-values.ts";
import type { NumberText, WebhookFormValues } from "./form-values.ts";

/** A body for `POST /webhooks` or `PUT /webhooks/{id}`. */
export type WebhookBody = Readonly<Record<string, unknown>>;

/** What is sent to create a webhook: what every webhook needs, and of the rest what differs from the defaults. */
export function createBody(values: WebhookFormValues, known: readonly string[]): WebhookBody {
  const { name, target, events } = fieldsOf(values, known);
  return { name, target, events, ...updateBody(NEW_WEBHOOK, values, known) };
}

/** What is sent to change a webhook: only the fields that say something else than before. */
export function updateBody(before: WebhookFormValues, after: WebhookFormValues, known: readonly string[]): WebhookBody {
  const old = fieldsOf(before, known);
  return Object.fromEntries(
    Object.entries(fieldsOf(after, known)).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(old[field]),
    ),
  );
}

/** Every field of the API as the form says it; equal forms give equal texts. `known` are the types of the catalogue. */
export function fieldsOf(values: WebhookFormValues, known: readonly string[]): WebhookBody {
  return {
    name: values.name,
    target: values.target,
    events: values.eventChoice === "every" ? known : inCatalogueOrder(values.events, known),
    active: values.active,
    auth_token: values.authToken === "" ? null : values.authToken,
    ...authFields(values),
    custom_headers: Object.fromEntries(
      values.headers.filter((row) => !isEmptyRow(row)).map(({ name, value }) => [name, value]),
    ),
    subaccount_id: subaccountOf(values),
    exception_subaccounts: values.scope === "everybody" ? values.exceptions.map(numberOr) : [],
    paused: values.paused,
    concurrency: numberOrNull(values.concurrency),
    rate_limit: numberOrNull(values.rateLimit),
    signing: values.isSigned
      ? { enabled: true, ...(values.signingSecret === "" ? {} : { secret: values.signingSecret }) }
      : { enabled: false },
    tls_ca: values.tlsCa === "" ? null : values.tlsCa,
  };
}

function authFields(values: WebhookFormValues): WebhookBody {
  switch (values.authType) {
    case "none":
      return { auth_type: "none" };
    case "basic": {
      const { username, password } = values;
      return { auth_type: "basic", auth_credentials: { username, ...(password === "" ? {} : { password }) } };
    }
    case "oauth2":
      return {
        auth_type: "oauth2",
        auth_request_details: { url: values.tokenUrl, body: tokenRequest(values) },
      };
  }
}

function tokenRequest({ clientId, clientSecret, grantType, tokenExtras }: WebhookFormValues): WebhookBody {
  const own = { client_id: clientId, client_secret: clientSecret, grant_type: grantType };
  return {
    ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== "")),
    ...parseExtras(tokenExtras),
  };
}

/** The further members of a token request; `undefined` when the text is no JSON object. */
export function parseExtras(text: string): WebhookBody | undefined {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isEmptyRow({ name, value }: { readonly name: string; readonly value: string }): boolean {
  return name === "" && value === "";
}

function subaccountOf({ scope, subaccount }: WebhookFormValues): unknown {
  switch (scope) {
    case "everybody":
      return -1;
    case "primary":
      return 0;
    case "subaccount":
      return numberOrNull(subaccount);
  }
}

function numberOrNull(value: NumberText): NumberText | null {
  return value === "" ? null : numberOr(value);
}

/** What is no number goes out as it stands, and the API says what is wrong with it. */
function numberOr(value: NumberText): NumberText {
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

function inCatalogueOrder(events: readonly string[], known: readonly string[]): string[] {
  const chosen = new Set(events);
  return [...known.filter((type) => chosen.has(type)), ...events.filter((type) => !known.includes(type))];
}
