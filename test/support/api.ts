import { randomUUID } from "node:crypto";
import { createSecretBox } from "@posthorn/core";
import { createLog, loadApiConfig } from "@posthorn/runtime";
import { loadCatalogue } from "../../services/api/src/event-types-file.ts";
import { apiParts } from "../../services/api/src/parts.ts";
import { checkedFetch } from "./checked-fetch.ts";
import type { CheckedAnswer } from "./checked-fetch.ts";
import { freePort } from "./free-port.ts";

/** An API process' parts, run inside the test's process. */
export interface TestApi {
  readonly url: string;
  readonly apiKey: string;
  /** One call of the API; fails when call or answer is not as the OpenAPI document says. */
  request(method: string, path: string, options?: RequestOptions): Promise<ApiAnswer>;
  /** As SIGHUP does. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

interface RequestOptions {
  readonly body?: string | Buffer;
  readonly json?: unknown;
  readonly headers?: Record<string, string>;
}

export interface ApiAnswer extends CheckedAnswer {
  readonly json: { readonly results?: unknown; readonly errors?: readonly Record<string, unknown>[] };
}

export async function startApi(redisUrl: string, env: Record<string, string> = {}): Promise<TestApi> {
  const apiKey = env["POSTHORN_API_KEY"] ?? `test-key-${randomUUID()}`;
  const port = await freePort();
  const config = loadApiConfig({
    REDIS_URL: redisUrl,
    POSTHORN_API_KEY: apiKey,
    POSTHORN_SECRET: "a secret for tests",
    PORT: String(port),
    DELIVERY_TIMEOUT: "500ms",
    TARGET_ALLOW: "127.0.0.0/8,::1",
    LOG_LEVEL: "silent",
    ...env,
  });
  const parts = apiParts({
    config,
    log: createLog("api", config.logLevel, { secrets: config.secrets }),
    box: createSecretBox(config.secret, config.secretPrevious),
    catalogue: loadCatalogue(config.eventTypesFile),
  });
  const stop = async (): Promise<void> => {
    for (const part of parts.toReversed()) await part.stop(AbortSignal.abort());
  };
  try {
    for (const part of parts) await part.start();
  } catch (error) {
    // What has started would keep the test's process from ending.
    await stop();
    throw error;
  }
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    apiKey,
    request: async (method, path, { body, json, headers = {} } = {}) => {
      const sent = body ?? (json === undefined ? undefined : JSON.stringify(json));
      const answer = await checkedFetch(url, path, {
        method,
        headers: {
          authorization: apiKey,
          ...(sent === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        body: sent,
      });
      return { ...answer, json: answer.text === "" ? {} : (JSON.parse(answer.text) as ApiAnswer["json"]) };
    },
    reload: async () => {
      for (const part of parts) await part.reload?.();
    },
    stop,
  };
}
