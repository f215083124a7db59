import { customHeaderProblems } from "./custom-headers.ts";
import { limitProblems } from "./limit-problems.ts";
import { MASK, unmaskBody } from "./mask.ts";
import type { Problem } from "./problem.ts";
import { takeCredentials } from "./target-credentials.ts";
import { EVERY_SUBACCOUNT } from "./webhook.ts";
import type { SubaccountScope } from "./webhook.ts";
import { BASIC_USER, fieldOf, parseWebhook } from "./webhook-input.ts";
import type { WebhookInput } from "./webhook-input.ts";
import { DEFAULT_SETTINGS } from "./webhook-settings.ts";
import type { AuthSettings, SigningSettings, WebhookSettings } from "./webhook-settings.ts";

export const OVERLAP_SECONDS_DEFAULT = 86_400;

export interface ChangeTools {
  readonly isKnownEventType: (type: string) => boolean;
  readonly nowMs: number;
  readonly generateSecret: () => string;
  /** The subaccount that the call is bound to; `undefined` = it may set any. */
  readonly scope: SubaccountScope | undefined;
  /** The name comes from a file, and may be one that another installation has kept since before names were checked. */
  readonly anyName?: boolean;
}

export type WebhookChange =
  | {
      readonly kind: "ok";
      readonly settings: WebhookSettings;
      /** A signing secret that was made for this webhook: to be shown once. */
      readonly generatedSecret: string | undefined;
    }
  | { readonly kind: "bad"; readonly problems: readonly Problem[] };

/** What the body of `POST /webhooks` makes of nothing; lists every problem at once. */
export function readCreate(body: unknown, tools: ChangeTools): WebhookChange {
  const subaccount = tools.scope ?? DEFAULT_SETTINGS.subaccount;
  return change(body, undefined, { ...DEFAULT_SETTINGS, subaccount }, tools);
}

/**
 * What the body of `PUT /webhooks/{id}` makes of a webhook: fields that are absent stay as they are, and what GET
 * answered changes nothing. An `id` is refused only when it is another one.
 */
export function readUpdate(body: unknown, id: string, before: WebhookSettings, tools: ChangeTools): WebhookChange {
  return change(body, id, before, tools);
}

function change(body: unknown, id: string | undefined, before: WebhookSettings, tools: ChangeTools): WebhookChange {
  const { input, problems } = parseWebhook(body, { isKnownEventType: tools.isKnownEventType, id });
  const applied = apply(before, input, tools);
  // Where a field could not be read at all, what follows from its absence is no problem of its own.
  const unread = new Set(problems.flatMap(({ param }) => relatedTo(fieldOf(param))));
  const all = [...problems, ...applied.problems.filter(({ param }) => !unread.has(fieldOf(param)))];
  if (all.length > 0) return { kind: "bad", problems: limitProblems(all) };
  return { kind: "ok", settings: applied.settings, generatedSecret: applied.generatedSecret };
}

/** Fields that are judged together. */
const RELATED: readonly (readonly string[])[] = [
  ["auth_type", "auth_request_details", "auth_credentials"],
  ["subaccount_id", "exception_subaccounts"],
];

function relatedTo(field: string): readonly string[] {
  return RELATED.find((group) => group.includes(field)) ?? [field];
}

function apply(before: WebhookSettings, input: WebhookInput, tools: ChangeTools) {
  const problems: Problem[] = [];
  const asked = applyAuth(before.auth, input, problems);
  const customHeaders = applyHeaders(before.customHeaders, input.custom_headers, problems);
  const { signing, generatedSecret } = applySigning(before.signing, input.signing, tools, problems);
  const scope = applyScope(before, input, tools.scope, problems);
  const { target, auth } = applyTarget(before.target, asked, { input, customHeaders }, problems);
  const settings: WebhookSettings = {
    ...before,
    ...scope,
    name: applyName(before.name, input.name, tools, problems),
    target,
    events: input.events === undefined ? before.events : [...new Set(input.events)],
    active: input.active ?? before.active,
    paused: input.paused ?? before.paused,
    concurrency: input.concurrency === undefined ? before.concurrency : input.concurrency,
    rateLimit: input.rate_limit === undefined ? before.rateLimit : input.rate_limit,
    tlsCa: input.tls_ca === undefined ? before.tlsCa : input.tls_ca === "" ? null : input.tls_ca,
    authToken: applyToken(before.authToken, input.auth_token, problems),
    auth,
    customHeaders,
    signing,
  };
  return { settings, generatedSecret, problems };
}

/** Names are shown on terminals, where a control character is a command; one that has its name already may be put back. */
function applyName(
  before: string,
  given: string | undefined,
  { anyName = false }: ChangeTools,
  problems: Problem[],
): string {
  if (given === undefined || given === before) return before;
  if (!anyName && /\p{Cc}/u.test(given)) {
    problems.push({
      message: "name holds a control character, such as a line break or an escape: leave it out of the name",
      param: "name",
    });
  }
  return given;
}

function isMissingSecret(param: string): Problem {
  return {
    message: `${param} is the mask that stands for a stored secret, but none is stored: send the secret itself`,
    param,
  };
}

function applyToken(before: string | null, given: string | null | undefined, problems: Problem[]): string | null {
  if (given === undefined) return before;
  if (given === MASK) {
    if (before === null) problems.push(isMissingSecret("auth_token"));
    return before;
  }
  return given === "" ? null : given;
}

function applyAuth(before: AuthSettings, input: WebhookInput, problems: Problem[]): AuthSettings {
  const kind = input.auth_type ?? before.kind;
  const details = nonEmpty(input.auth_request_details);
  const credentials = nonEmpty(input.auth_credentials);
  if (kind !== "oauth2" && details !== undefined) {
    problems.push({ message: "auth_request_details needs auth_type oauth2", param: "auth_request_details" });
  }
  switch (kind) {
    case "none":
      if (credentials !== undefined) {
        problems.push({ message: "auth_credentials needs auth_type basic", param: "auth_credentials" });
      }
      return { kind };
    case "basic":
      return applyBasic(before, credentials, problems);
    case "oauth2":
      return applyOauth(before, details, problems);
  }
}

function applyBasic(
  before: AuthSettings,
  credentials: WebhookInput["auth_credentials"],
  problems: Problem[],
): AuthSettings {
  if (credentials === undefined) {
    if (before.kind === "basic") return before;
    problems.push({
      message: "auth_credentials with a username is required when auth_type is basic",
      param: "auth_credentials",
    });
    return before;
  }
  const { username, password = "" } = credentials;
  if (username === undefined) {
    problems.push({ message: "auth_credentials.username is required", param: "auth_credentials.username" });
    return before;
  }
  if (password !== MASK) return { kind: "basic", username, password };
  if (before.kind === "basic") return { kind: "basic", username, password: before.password };
  problems.push(isMissingSecret("auth_credentials.password"));
  return before;
}

function applyOauth(
  before: AuthSettings,
  details: WebhookInput["auth_request_details"],
  problems: Problem[],
): AuthSettings {
  const stored = before.kind === "oauth2" ? before : undefined;
  if (details === undefined) {
    if (stored !== undefined) return stored;
    problems.push({
      message: "auth_request_details with url and body is required when auth_type is oauth2",
      param: "auth_request_details",
    });
    return before;
  }
  const { url = "", body = {} } = details;
  const unmasked = unmaskBody(body, stored?.body);
  for (const path of unmasked.missing) problems.push(isMissingSecret(`auth_request_details.body.${path}`));
  return { kind: "oauth2", url, body: unmasked.body };
}

function nonEmpty<T extends object>(value: T | undefined): T | undefined {
  return value === undefined || Object.keys(value).length === 0 ? undefined : value;
}

function applyHeaders(
  before: WebhookSettings["customHeaders"],
  given: WebhookInput["custom_headers"],
  problems: Problem[],
): WebhookSettings["customHeaders"] {
  if (given === undefined) return before;
  const headers = Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (value !== MASK) return [name, value];
      const stored = Object.hasOwn(before, name) ? before[name] : undefined;
      if (stored === undefined) problems.push(isMissingSecret(`custom_headers.${name.slice(0, 128)}`));
      return [name, stored ?? value];
    }),
  );
  problems.push(...customHeaderProblems(headers));
  return headers;
}

/**
 * A request has one Authorization header. A user and password in the target are taken out of it and sent as Basic, so
 * that they are kept and shown like every other secret.
 */
function applyTarget(
  before: string,
  auth: AuthSettings,
  { input, customHeaders }: { readonly input: WebhookInput } & Pick<WebhookSettings, "customHeaders">,
  problems: Problem[],
): Pick<WebhookSettings, "target" | "auth"> {
  const target = input.target ?? before;
  const taken = takeCredentials(target);
  const hasHeader = Object.keys(customHeaders).some((name) => name.toLowerCase() === "authorization");
  if (hasHeader && auth.kind !== "none") {
    problems.push({
      message: "Header is reserved and cannot be used",
      param: "custom_headers",
      value: "Authorization",
      code: "10000",
    });
  }
  if (taken === undefined) return { target, auth };
  const isSaidOtherwise = auth.kind === "oauth2" || nonEmpty(input.auth_credentials) !== undefined;
  if (hasHeader || isSaidOtherwise || input.auth_type === "basic") {
    problems.push({
      message: "target names a user, which is a second authentication: leave it out, or the other one",
      param: "target",
    });
  } else if (!BASIC_USER.test(taken.username)) {
    problems.push({
      message: "The user in target holds a colon or a control character: leave it out",
      param: "target",
    });
  }
  const { username, password } = taken;
  return { target: taken.target, auth: { kind: "basic", username, password } };
}

function applySigning(
  before: SigningSettings | null,
  given: WebhookInput["signing"] | null,
  { nowMs, generateSecret }: ChangeTools,
  problems: Problem[],
): { readonly signing: SigningSettings | null; readonly generatedSecret: string | undefined } {
  const unchanged = { signing: before, generatedSecret: undefined };
  if (given === undefined) return unchanged;
  if (given === null || given.enabled === false) return { signing: null, generatedSecret: undefined };
  const { secret, overlap_seconds: overlapSeconds = OVERLAP_SECONDS_DEFAULT } = given;
  if (secret === undefined) {
    if (before !== null || given.enabled !== true) return unchanged;
    const generated = generateSecret();
    return { signing: { secret: generated, previous: null }, generatedSecret: generated };
  }
  if (secret === MASK) {
    if (before === null) problems.push(isMissingSecret("signing.secret"));
    return unchanged;
  }
  if (secret === before?.secret) return unchanged;
  return { signing: rotate(before, secret, nowMs + overlapSeconds * 1_000, nowMs), generatedSecret: undefined };
}

/** A new signing secret; the one before it goes on signing, beside it, until `untilMs`. */
export function rotate(
  before: SigningSettings | null,
  secret: string,
  untilMs: number,
  nowMs: number,
): SigningSettings {
  return { secret, previous: before === null || untilMs <= nowMs ? null : { secret: before.secret, untilMs } };
}

function applyScope(
  before: WebhookSettings,
  input: WebhookInput,
  allowed: SubaccountScope | undefined,
  problems: Problem[],
): Pick<WebhookSettings, "subaccount" | "exceptionSubaccounts"> {
  const subaccount = input.subaccount_id ?? before.subaccount;
  if (allowed !== undefined && subaccount !== allowed) {
    problems.push({
      message: `This call is made for subaccount ${allowed}, by its X-MSYS-SUBACCOUNT header or its API key: leave subaccount_id out`,
      param: "subaccount_id",
      value: subaccount,
    });
  }
  const given = input.exception_subaccounts?.map(Number);
  if (subaccount === EVERY_SUBACCOUNT)
    return { subaccount, exceptionSubaccounts: given ?? before.exceptionSubaccounts };
  if (given !== undefined && given.length > 0) {
    problems.push({
      message: "exception_subaccounts needs a webhook of the primary account and all subaccounts (subaccount_id -1)",
      param: "exception_subaccounts",
    });
  }
  return { subaccount, exceptionSubaccounts: [] };
}
