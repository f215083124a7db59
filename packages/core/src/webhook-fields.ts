import { MASK, maskBody } from "./mask.ts";
import { DEFAULT_SETTINGS, isSame } from "./webhook-settings.ts";
import type { AuthSettings, WebhookSettings } from "./webhook-settings.ts";

/** Settings in the fields that bodies and files set them by. Each can be sent as it is, and then sets the same. */
export interface WebhookFields {
  readonly name: string;
  readonly target: string;
  readonly events: readonly string[];
  readonly active: boolean;
  readonly auth_token: string | null;
  readonly auth_type: "none" | "basic" | "oauth2";
  readonly auth_request_details: Readonly<Record<string, unknown>>;
  readonly auth_credentials: Readonly<Record<string, unknown>>;
  readonly custom_headers: Readonly<Record<string, string>>;
  readonly subaccount_id: number;
  readonly exception_subaccounts: readonly number[];
  readonly paused: boolean;
  readonly concurrency: number | null;
  readonly rate_limit: number | null;
  readonly signing: { readonly enabled: boolean; readonly secret?: string };
  readonly tls_ca: string | null;
}

/** How secrets appear: a file with masks tells nothing, one in clear can be imported elsewhere. */
export type SecretsShown = "masked" | "clear";

/** A difference between two versions of a webhook, secrets masked. */
export interface FieldChange {
  readonly field: keyof WebhookFields | "owner";
  readonly from: unknown;
  readonly to: unknown;
}

export function webhookFields(settings: WebhookSettings, secrets: SecretsShown): WebhookFields {
  const show = (secret: string): string => (secrets === "clear" ? secret : MASK);
  return {
    name: settings.name,
    target: settings.target,
    events: settings.events,
    active: settings.active,
    auth_token: settings.authToken === null ? null : show(settings.authToken),
    ...authFields(settings.auth, secrets),
    custom_headers: Object.fromEntries(
      Object.entries(settings.customHeaders).map(([name, value]) => [name, show(value)]),
    ),
    subaccount_id: settings.subaccount,
    exception_subaccounts: settings.exceptionSubaccounts,
    paused: settings.paused,
    concurrency: settings.concurrency,
    rate_limit: settings.rateLimit,
    signing: settings.signing === null ? { enabled: false } : { enabled: true, secret: show(settings.signing.secret) },
    tls_ca: settings.tlsCa,
  };
}

function authFields(
  auth: AuthSettings,
  secrets: SecretsShown,
): Pick<WebhookFields, "auth_type" | "auth_request_details" | "auth_credentials"> {
  switch (auth.kind) {
    case "none":
      return { auth_type: "none", auth_request_details: {}, auth_credentials: {} };
    case "basic": {
      const { username, password } = auth;
      const shown = password === "" ? {} : { password: secrets === "clear" ? password : MASK };
      return { auth_type: "basic", auth_request_details: {}, auth_credentials: { username, ...shown } };
    }
    case "oauth2": {
      const body = secrets === "clear" ? auth.body : maskBody(auth.body);
      return { auth_type: "oauth2", auth_request_details: { url: auth.url, body }, auth_credentials: {} };
    }
  }
}

/** What it means that a file leaves a field out; each webhook has to have the others. */
export const DEFAULT_FIELDS: OptionalFields = defaultFields();
type OptionalFields = Omit<WebhookFields, "name" | "target" | "events">;

function defaultFields(): OptionalFields {
  const { name: _, target: __, events: ___, ...optional } = webhookFields(DEFAULT_SETTINGS, "clear");
  return optional;
}

/** A webhook as a file has it: its name, target and events, and of the rest what differs from the defaults. */
export type ExportedFields = Pick<WebhookFields, "name" | "target" | "events"> & Partial<OptionalFields>;

export function exportedFields(settings: WebhookSettings, secrets: SecretsShown): ExportedFields {
  const { name, target, events, ...optional } = webhookFields(settings, secrets);
  const told = Object.entries(optional).filter(
    ([field, value]) => !isSame(value, DEFAULT_FIELDS[field as keyof OptionalFields]),
  );
  return { name, target, events, ...Object.fromEntries(told) };
}

/** Which fields differ. A secret that is replaced by another shows the mask on both sides. */
export function fieldChanges(before: WebhookSettings, after: WebhookSettings): FieldChange[] {
  const [clearBefore, clearAfter] = [webhookFields(before, "clear"), webhookFields(after, "clear")];
  const [from, to] = [webhookFields(before, "masked"), webhookFields(after, "masked")];
  return namesOf(from)
    .filter((field) => !isSame(clearBefore[field], clearAfter[field]))
    .map((field) => ({ field, from: from[field], to: to[field] }));
}

function namesOf(fields: WebhookFields): readonly (keyof WebhookFields)[] {
  return Object.keys(fields) as (keyof WebhookFields)[];
}
