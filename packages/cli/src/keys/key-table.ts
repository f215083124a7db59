import type { ApiKeyView } from "@posthorn/core";
import { table } from "../table.ts";

/** The keys in columns; times are UTC, to the minute. */
export function keyTable(keys: readonly ApiKeyView[], nowMs: number): string {
  return table(
    ["ID", "LABEL", "GRANTS", "SUBACCOUNT", "CREATED (UTC)", "LAST USED", "EXPIRES"],
    keys.map((key) => [
      key.id,
      key.label,
      key.grants.join(","),
      subaccountText(key.subaccount_id),
      timeText(key.created_at),
      timeText(key.last_used_at),
      `${timeText(key.expires_at)}${key.expires_at !== null && Date.parse(key.expires_at) <= nowMs ? " (expired)" : ""}`,
    ]),
  );
}

function subaccountText(id: number | null): string {
  if (id === null) return "any";
  return id === 0 ? "primary" : String(id);
}

function timeText(iso: string | null): string {
  return iso === null ? "never" : iso.slice(0, 16).replace("T", " ");
}
