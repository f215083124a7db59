import type { ComponentType } from "react";
import { IconBook2, IconKey, IconLayoutDashboard, IconListDetails, IconWebhook } from "@tabler/icons-react";
import type { Grant } from "@posthorn/api/views";

export interface NavigationEntry {
  readonly label: string;
  readonly to: string;
  readonly icon: ComponentType<{ readonly size: number; readonly stroke: number; readonly "aria-hidden": true }>;
  readonly grant: Grant | null;
  /** Served by the API, not a page of the console. */
  readonly isOutside?: true;
}

export const NAVIGATION: readonly NavigationEntry[] = [
  { label: "Overview", to: "/", icon: IconLayoutDashboard, grant: "webhooks/view" },
  { label: "Webhooks", to: "/webhooks", icon: IconWebhook, grant: "webhooks/view" },
  { label: "Event catalogue", to: "/catalogue", icon: IconListDetails, grant: null },
  { label: "API keys", to: "/api-keys", icon: IconKey, grant: "admin" },
  { label: "API docs", to: "/api/docs", icon: IconBook2, grant: null, isOutside: true },
];
