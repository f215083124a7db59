import { DomainError, isTimeZone } from "@posthorn/core";

/** The `timezone` of a query, a name such as `America/New_York`; UTC unless given (facts §1.1). Throws `INVALID`. */
export function readTimeZone(text: unknown): string {
  if (text === undefined) return "UTC";
  if (typeof text === "string" && isTimeZone(text)) return text;
  throw new DomainError("INVALID", [
    { message: "timezone is no name of a time zone, such as UTC or America/New_York", param: "timezone", value: text },
  ]);
}

/** The `limit` of a query; more than there can be is as much as there can be. Throws `INVALID`. */
export function readLimit(text: unknown, rows: { readonly default: number; readonly max: number }): number {
  if (text === undefined) return rows.default;
  if (typeof text === "string" && /^[1-9]\d{0,8}$/.test(text)) return Math.min(Number(text), rows.max);
  throw new DomainError("INVALID", [
    {
      message: `limit is a whole number from 1; more than ${rows.max} counts as ${rows.max}`,
      param: "limit",
      value: text,
    },
  ]);
}
