import type { ComponentType } from "react";
import { IconBook2, IconKey, IconLayoutDashboard, IconListDetails, IconStack2, IconWebhook } from "@tabler/icons-react";
import type { SessionView } from "@posthorn/api/views";
import { grantsAllow } from "../session/grants.ts";

export interface NavigationEntry {
  readonly label: string;
  readonly to: string;
  readonly icon: ComponentType<{ readonly size: number; readonly stroke: number; readonly "aria-hidden": true }>;
  /** To whom it is of use. */
  readonly isFor: (session: SessionView) => boolean;
  /** Served by the API, not a page of the console. */
  readonly isOutside?: true;
}

const isForViewers = ({ grants }: SessionView): boolean => grantsAllow(grants, "webhooks/view");
const isForAdministrators = ({ grants }: SessionView): boolean => grantsAllow(grants, "admin");
const isForAll = (): boolean => true;

export const NAVIGATION: readonly NavigationEntry[] = [
  { label: "Overview", to: "/", icon: IconLayoutDashboard, isFor: isForViewers },
  { label: "Webhooks", to: "/webhooks", icon: IconWebhook, isFor: isForViewers },
  { label: "Event catalogue", to: "/catalogue", icon: IconListDetails, isFor: isForAll },
  { label: "API keys", to: "/api-keys", icon: IconKey, isFor: isForAdministrators },
  { label: "API docs", to: "/api/docs", icon: IconBook2, isFor: isForAll, isOutside: true },
  { label: "Queues", to: "/admin/queues", icon: IconStack2, isFor: (session) => session.queue_board, isOutside: true },
];
