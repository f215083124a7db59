import type { Grant, Problem } from "@posthorn/api/views";
import { problemWords } from "../shared/problem-words.ts";

/** What a person says of a key that is to be made. */
export interface NewKeyValues {
  readonly label: string;
  readonly grants: readonly Grant[];
  readonly expiry: "never" | "month" | "quarter" | "year" | "day";
  /** `YYYY-MM-DD`, for `day`. */
  readonly lastDay: string;
  readonly isBound: boolean;
  readonly subaccount: number | string;
}

export const EMPTY_KEY: NewKeyValues = {
  label: "",
  grants: [],
  expiry: "never",
  lastDay: "",
  isBound: false,
  subaccount: "",
};

/** What each grant is for, in the order of how much it allows. */
export const GRANTS_EXPLAINED: readonly { readonly grant: Grant; readonly title: string; readonly allows: string }[] = [
  { grant: "events/ingest", title: "Send events", allows: "For mail servers: hand in events. Sees no webhooks." },
  {
    grant: "webhooks/view",
    title: "View webhooks",
    allows: "See webhooks, batches, attempts and statistics. Changes nothing.",
  },
  {
    grant: "webhooks/modify",
    title: "Manage webhooks",
    allows: "View webhooks, and create, change, test, pause and delete them, and retry or discard batches.",
  },
  {
    grant: "admin",
    title: "Administer",
    allows: "Everything, and make and revoke API keys. Never bound to a subaccount.",
  },
];

/** For how long a key may work. */
export const EXPIRIES: readonly { readonly value: NewKeyValues["expiry"]; readonly label: string }[] = [
  { value: "never", label: "Never" },
  { value: "month", label: "In 30 days" },
  { value: "quarter", label: "In 90 days" },
  { value: "year", label: "In a year" },
  { value: "day", label: "After a certain day" },
];

/** What the API says of a field, in words that stand beside it. */
export function keyProblemAt(problems: readonly Problem[], name: string): string | undefined {
  const problem = problems.find(({ param = "" }) => param === name || param.startsWith(`${name}[`));
  return problem === undefined ? undefined : problemWords(problem.message, name, "This");
}

/** The grants that a key with these has, too: they need not be named. */
export function impliedGrants(grants: readonly Grant[]): ReadonlySet<Grant> {
  if (grants.includes("admin")) return new Set<Grant>(["events/ingest", "webhooks/view", "webhooks/modify"]);
  return new Set<Grant>(grants.includes("webhooks/modify") ? ["webhooks/view"] : []);
}

const DAYS = { month: 30, quarter: 90, year: 365 } as const;
const DAY_MS = 86_400_000;

/** The body of `POST /api-keys`. */
export function newKeyBody(values: NewKeyValues, nowMs: number): Readonly<Record<string, unknown>> {
  const { label, grants, isBound } = values;
  const implied = impliedGrants(grants);
  const expiresAt = expiryOf(values, nowMs);
  return {
    label,
    grants: grants.filter((grant) => !implied.has(grant)),
    ...(isBound && !grants.includes("admin") ? { subaccount_id: numberOr(values.subaccount) } : {}),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
  };
}

function expiryOf({ expiry, lastDay }: NewKeyValues, nowMs: number): string | undefined {
  switch (expiry) {
    case "never":
      return undefined;
    case "day":
      return endOfDay(lastDay);
    case "month":
    case "quarter":
    case "year":
      return new Date(nowMs + DAYS[expiry] * DAY_MS).toISOString();
  }
}

/** The end of a day in the viewer's zone, for whom the key is to work all of that day. */
function endOfDay(day: string): string {
  const end = new Date(`${day}T24:00:00`);
  return Number.isNaN(end.getTime()) ? day : end.toISOString();
}

function numberOr(value: number | string): number | string | null {
  return value === "" ? null : value;
}
