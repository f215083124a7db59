import type { Grant } from "@posthorn/core";

/** Who is signed in, as the console is told. */
export interface SessionView {
  /** Tells keys apart without showing them. */
  readonly key: string;
  /** `null` for the key of the configuration, which has none. */
  readonly label: string | null;
  readonly grants: readonly Grant[];
  readonly subaccount_id: number | null;
  /** To be sent as `X-Posthorn-CSRF` with each call that changes something; `null` without a cookie. */
  readonly csrf_token: string | null;
  /** When the session ends unless it is used; `null` without a cookie. */
  readonly expires_at: string | null;
  readonly version: string;
  /** Whether BullMQ's queues are shown under `/admin/queues`, and the key may see them. */
  readonly queue_board: boolean;
}
