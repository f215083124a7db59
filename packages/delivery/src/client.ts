import type { AttemptOutcome, Problem, TargetAccess } from "@posthorn/core";
import { createAgentPool } from "./agent-pool.ts";
import type { AgentsOptions } from "./agents.ts";
import { createGuard } from "./guard/guard.ts";
import { postWithToken } from "./oauth/post-with-token.ts";
import { createRequestToken } from "./oauth/request-token.ts";
import type { TokenCache } from "./oauth/token-cache.ts";
import { tokenProblem } from "./oauth/token-result.ts";
import { createTokens } from "./oauth/tokens.ts";
import { preparePost } from "./post-batch.ts";
import type { DeliverRequest } from "./post-batch.ts";
import { createTunnel } from "./proxy/tunnel.ts";
import type { Tunnel } from "./proxy/tunnel.ts";
import { createSend } from "./send.ts";

/**
 * Makes one attempt. Never throws for what the target does, and never takes longer than its time and a grace; under
 * OAuth2, twice its time and a grace.
 */
export type Deliver = (request: DeliverRequest) => Promise<AttemptOutcome>;

/** Gets a new token for a target under OAuth2, whatever is known, and stores it for the attempts to come. */
export type FetchToken = (
  access: Pick<TargetAccess, "auth">,
) => Promise<
  | { readonly kind: "ok"; readonly token: string; readonly expiresInS: number }
  | { readonly kind: "failed"; readonly problem: Problem }
>;

interface DeliverOptions extends Omit<AgentsOptions, "keepAlive" | "tunnel"> {
  readonly userAgent: string;
  /** The operator's own proxy, `http://user:password@proxy:3128` or https, which then makes all connections. */
  readonly proxy?: string;
  /** Wall clock of a POST, from the start of the attempt to the head of the answer. */
  readonly timeoutMs: number;
  /** The OAuth2 tokens that all processes share. */
  readonly tokens: TokenCache;
  /** How much longer the answer's body is read; what it says does not matter to the outcome. */
  readonly responseGraceMs?: number;
  /** Told when the token cache cannot be used. */
  readonly onTokensAway?: (error: unknown) => void;
}

/** All that goes out to targets. */
export interface Deliverer {
  readonly deliver: Deliver;
  readonly fetchToken: FetchToken;
  /** Drops the connections; attempts that are still under way then fail, so end them first. */
  close(): void;
}

/** So much of an attempt's time does the proxy get for a connection: less than all, so that its silence has a name. */
const TUNNEL_SHARE = 0.8;

function tunnelThrough(proxy: string, { timeoutMs, ca }: Pick<DeliverOptions, "timeoutMs" | "ca">): Tunnel {
  // The proxy itself may be anywhere; only its name is found like those of targets.
  const { lookup } = createGuard({ allow: { everything: true, ranges: [], hosts: [], suffixes: [] }, ports: "any" });
  return createTunnel({ proxy, withinMs: TUNNEL_SHARE * timeoutMs, lookup, ...(ca === undefined ? {} : { ca }) });
}

export function createDeliver(options: DeliverOptions): Deliverer {
  const { userAgent, timeoutMs, responseGraceMs = 1_000, tokens: cache, onTokensAway, proxy, ...connecting } = options;
  const agents = createAgentPool({
    ...connecting,
    ...(proxy === undefined ? {} : { tunnel: tunnelThrough(proxy, options) }),
  });
  const send = createSend({ responseGraceMs });
  const tokens = createTokens({
    cache,
    // Own authorities are those of the target, not of the token URL.
    requestToken: createRequestToken({ send, agents: agents.for(undefined), userAgent }),
    timeoutMs,
    onCacheAway: onTokensAway ?? (() => undefined),
  });

  return {
    deliver: (request) => {
      const post = preparePost({ send, agents, userAgent }, request);
      if (request.auth.kind !== "oauth2") return post(timeoutMs);
      return postWithToken({
        details: request.auth,
        post: (token, withinMs) => post(withinMs, token),
        tokens,
        timeoutMs,
        stop: request.signal,
      });
    },
    fetchToken: async ({ auth }) => {
      if (auth.kind !== "oauth2") throw new Error(`a target under ${auth.kind} takes no token`);
      const result = await tokens.fetch(auth);
      switch (result.kind) {
        case "granted":
          return { kind: "ok", token: result.token, expiresInS: result.expiresInS };
        case "failed":
          return { kind: "failed", problem: tokenProblem(result.message, result.answer) };
        case "broken":
          return { kind: "failed", problem: tokenProblem(result.message) };
      }
    },
    close: agents.close,
  };
}
