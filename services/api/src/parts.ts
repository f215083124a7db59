import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { Request } from "express";
import { backlogWarning, describeBacklog, generateSigningSecret } from "@posthorn/core";
import type { Catalogue, SecretBox } from "@posthorn/core";
import { createDeliver, createGuard, createTestPost } from "@posthorn/delivery";
import type { Deliverer } from "@posthorn/delivery";
import {
  createProcessId,
  createWarnSparingly,
  shownProxy,
  createTracingPart,
  stopProcess,
  traceLostBatch,
  VERSION,
} from "@posthorn/runtime";
import type { ApiConfig, Log, Part } from "@posthorn/runtime";
import { openStore } from "@posthorn/store";
import type { Append, Store } from "@posthorn/store";
import { createApp } from "./app.ts";
import type { DefinitionsDeps } from "./definitions/apply-definitions.ts";
import { createWebhooksFile } from "./definitions/webhooks-file.ts";
import { createInflightBytes } from "./inflight-bytes.ts";
import { createIdentify } from "./identify.ts";
import { createKeyRing } from "./key-ring.ts";
import type { KeyRing } from "./key-ring.ts";
import { answerMalformedRequests } from "./malformed-request.ts";
import { createMetrics } from "./metrics.ts";
import { createWebhookMirror } from "./mirror.ts";
import type { WebhookMirror } from "./mirror.ts";
import { createDocument } from "./openapi/document.ts";
import { createSecretRotation } from "./secret-rotation.ts";
import { isSecure } from "./session/is-secure.ts";
import { createSessionKeeper } from "./session/session-keeper.ts";
import { watchSecret } from "./secret-watch.ts";
import type { SecretWatch } from "./secret-watch.ts";
import { tracedAppend } from "./trace-ingest.ts";
import { createStoreTurns } from "./store-turns.ts";
import { SERVER_LIMITS } from "./server-limits.ts";
import { createServerStop } from "./server-stop.ts";

interface PartsOptions {
  readonly config: ApiConfig;
  readonly log: Log;
  readonly box: SecretBox;
  readonly catalogue: Catalogue;
}

/** What an API process consists of, in the order of its start. */
export function apiParts({ config, log, box, catalogue }: PartsOptions): Part[] {
  const warn = createWarnSparingly(log);
  const tracing = createTracingPart({ config: config.tracing, serviceName: "posthorn-api", warn });
  let store: Store | undefined;
  let append: Append | undefined;
  const metrics = createMetrics({
    backlog: () => store?.backlog.view(),
    readBacklogs: async () => open(store).readBacklogs(),
    inspect: async () => open(store).inspect(),
    countProcesses: async () => open(store).processes.count(),
    pausedSince: async () => open(store).pauseAll.since(),
    nowMs: () => open(store).clock.nowMs(),
    webhooksShown: config.metricsWebhooks,
  });
  let deliverer: Deliverer | undefined;
  let keyRing: KeyRing | undefined;
  let mirror: WebhookMirror | undefined;
  let secret: SecretWatch | undefined;
  let stopServer: ReturnType<typeof createServerStop> | undefined;

  const storePart: Part = {
    name: "store",
    start: async () => {
      store = await openStore({
        address: config.redis,
        name: "posthorn-api",
        limits: {
          maxEvents: config.batchMaxEvents,
          maxBytes: config.batchMaxBytes,
          maxWaitMs: config.batchMaxWaitMs,
          expiryMs: config.retryExpiryMs,
          concurrency: config.webhookConcurrency,
          probeMaxMs: config.probeIntervalMaxMs,
          notices: config.notify !== undefined,
        },
        backlog: { totalBytes: config.backlogMaxBytes, webhookBytes: config.webhookBacklogMaxBytes },
        durability: config.durability,
        onError: (error) => warn(error, "redis.failed"),
        onNewerLayout: (error) => stopProcess(error, log),
        traceQueues: config.tracing !== undefined,
        onNote: (note) => {
          const { kind, webhook, batch, events, attempts } = note;
          metrics.noted(kind);
          log[kind === "unarchived" ? "error" : "warn"]({ webhook, batch, events, attempts }, `batch.${kind}`);
          traceLostBatch(tracing.current(), note);
        },
        onSealed: metrics.sealed,
        onUntold: (notices) => warn(new Error("too many notices wait for NOTIFY_URL"), "notices.dropped", { notices }),
        onLostHints: (error, hints) => {
          metrics.jobsLost(hints.length);
          warn(error, "jobs.not-added", { jobs: hints.length });
        },
      });
      append = tracedAppend(tracing.current(), metrics.timed(await store.openAppend()));
      const view = store.backlog.view();
      const warning = backlogWarning(view.limits);
      if (warning !== undefined) log.warn({ backlog: describeBacklog(view) }, warning);
    },
    stop: async () => store?.close(),
  };

  const secretPart = createSecretRotation(() => {
    const { definitions, definitionsLock } = open(store);
    return { definitions, definitionsLock, box, log };
  });

  const deliveryPart: Part = {
    name: "delivery",
    start: async () => {
      if (config.egressProxy !== undefined) log.info({ proxy: shownProxy(config.egressProxy) }, "egress.proxy");
      deliverer = createDeliver({
        userAgent: config.userAgent,
        timeoutMs: config.deliveryTimeoutMs,
        guard: createGuard({ allow: config.targetAllow, ports: config.targetPorts }),
        ...(config.egressProxy === undefined ? {} : { proxy: config.egressProxy }),
        tokens: open(store).tokenCache(box),
        onTokensAway: (error) => warn(error, "tokens.not-shared"),
      });
    },
    stop: async () => deliverer?.close(),
  };

  const mirrorPart: Part = {
    name: "definitions",
    start: async () => {
      const { definitions, apiKeys } = open(store);
      keyRing = createKeyRing({ apiKeys, log, monotonicMs: () => performance.now() });
      secret = watchSecret({ definitions, box, log });
      mirror = createWebhookMirror({
        definitions,
        keyRing,
        secret,
        processId: createProcessId(),
        activationMaxMs: config.activationMaxMs,
        log,
        warn,
      });
      await mirror.start();
    },
    stop: async () => mirror?.stop(),
  };

  const definitionsDeps = (): DefinitionsDeps => {
    const { definitions, definitionsLock } = open(store);
    const { deliver, fetchToken } = open(deliverer);
    return {
      definitions,
      definitionsLock,
      mirror: open(mirror),
      testPost: createTestPost(deliver, open(store).clock.nowMs),
      fetchToken,
      box: open(secret).box,
      isKnownEventType: catalogue.isKnown,
      choosePartition: () => Math.floor(Math.random() * config.partitions),
      generateSecret: () => generateSigningSecret(randomBytes),
      now: open(store).clock.nowMs,
      log,
    };
  };

  const httpPart: Part = {
    name: "http",
    start: async () => {
      const {
        clock,
        apiKeys,
        records,
        tokenLifeSeconds,
        idempotency,
        batches,
        backlog,
        listing,
        inspect,
        appendRefusal,
        sessions,
        seriesRecorder,
      } = open(store);
      const known = open(mirror);
      const ring = open(keyRing);
      const app = createApp({
        log,
        metrics,
        auth: {
          identify: createIdentify({
            bootstrapKey: config.apiKey,
            keyRing: ring,
            ensureFresh: known.ensureFresh,
            now: clock.nowMs,
          }),
          sessions: createSessionKeeper({ sessions, now: clock.nowMs }),
          isSecure: (request) => isSecure(request, config.publicUrl),
        },
        callLimiter: config.apiRateLimit === 0 ? undefined : open(store).callLimiter(config.apiRateLimit),
        trustProxy: config.trustProxy,
        health: {
          inspect,
          backlog: backlog.view,
          appendRefusal,
          isLoaded: known.isLoaded,
          registry: metrics.registry,
          metricsToken: config.metricsToken,
        },
        queueBoard: config.queueBoard ? open(store) : undefined,
        openApi: createDocument({
          version: VERSION,
          publicUrl: config.publicUrl,
          eventTypes: [...catalogue.types.keys()],
        }),
        catalogue,
        apiKeys: { apiKeys, mirror: known, now: clock.nowMs },
        definitions: definitionsDeps(),
        webhooks: {
          ...definitionsDeps(),
          records,
          tokenLifeSeconds,
          baseUrl: (request: Request) => config.publicUrl ?? addressOf(request),
          userAgent: config.userAgent,
        },
        check: { ...definitionsDeps(), catalogue, userAgent: config.userAgent },
        batches: { ...definitionsDeps(), actions: batches, listing, series: seriesRecorder },
        stats: { ...open(store), known, monotonicMs: () => performance.now() },
        pauseAll: { pauseAll: open(store).pauseAll, log },
        events: {
          definitions: open(store).definitions,
          routes: known.routes,
          ensureFresh: known.ensureFresh,
          append: open(append),
          idempotency,
          inflight: createInflightBytes(config.ingestMaxInflightBytes),
          turns: createStoreTurns(config.ingestMaxInflightBytes / 8),
          eventsMaxBodyBytes: config.eventsMaxBodyBytes,
          batchMaxBytes: config.batchMaxBytes,
          idempotencyWindowMs: config.idempotencyWindowMs,
          metrics: metrics.ingest,
          tracing: tracing.current(),
          series: seriesRecorder,
        },
      });
      // The app refuses what has no Host, in its own words.
      const server = createServer({ ...SERVER_LIMITS, requireHostHeader: false }, app);
      answerMalformedRequests(server, log);
      stopServer = createServerStop(server);
      await listen(server, config.port, config.host);
      log.info({ url: `http://${config.host}:${config.port}`, process: process.pid }, "api.listening");
    },
    stop: async (signal) => stopServer?.(signal),
  };

  const { webhooksFile: file } = config;
  const filePart = file === undefined ? [] : [createWebhooksFile({ file, deps: definitionsDeps, log })];

  return [tracing, storePart, secretPart, deliveryPart, mirrorPart, ...filePart, httpPart];
}

function open<T>(part: T | undefined): T {
  if (part === undefined) throw new Error("a part was used before its start");
  return part;
}

/** Where a request came to, as its Host header says; relative when there is none, or when that is no host at all. */
function addressOf({ protocol, host }: { readonly protocol: string; readonly host: string | undefined }): string {
  return host !== undefined && /^[\w.:[\]-]+$/.test(host) ? `${protocol}://${host}` : "";
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`port ${port} of ${host} is in use: stop what listens there, or set PORT to another one`)
          : error,
      ),
    );
    server.listen(port, host, resolve);
  });
}
