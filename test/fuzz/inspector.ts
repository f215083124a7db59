import type { ApiProcess } from "./api-process.ts";

/** Calls of the API as they should be, beside those of the fuzz. */
export interface Inspector {
  /** Returns its id. */
  createWebhook(target: string, type: string): Promise<string>;
  /** How many events wait for a webhook that nobody delivers to. */
  storedEvents(webhook: string): Promise<number>;
  /** The memory that the API process uses, by its own account. */
  rssMb(): Promise<number>;
}

interface BatchPage {
  readonly results: readonly { readonly events: number }[];
  readonly cursor: string | null;
}

export function createInspector({ url, apiKey }: Pick<ApiProcess, "url" | "apiKey">): Inspector {
  const call = async (method: string, path: string, body?: unknown): Promise<string> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: apiKey, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return text;
  };

  return {
    createWebhook: async (target, type) => {
      const text = await call("POST", "/api/v1/webhooks", { name: type, target, events: [type] });
      return (JSON.parse(text) as { results: { id: string } }).results.id;
    },
    storedEvents: async (webhook) => {
      let events = 0;
      let query = "";
      for (;;) {
        const page = JSON.parse(await call("GET", `/api/v1/webhooks/${webhook}/batches${query}`)) as BatchPage;
        for (const batch of page.results) events += batch.events;
        if (page.cursor === null) return events;
        query = `?cursor=${encodeURIComponent(page.cursor)}`;
      }
    },
    rssMb: async () => {
      const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(await call("GET", "/metrics"))?.[1];
      return Math.round(Number(bytes) / 1024 ** 2);
    },
  };
}
