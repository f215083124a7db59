import { createAgents } from "./agents.ts";
import type { Agents, AgentsOptions } from "./agents.ts";
import { createRecent } from "./recent.ts";

/** The connections to targets that are trusted by the same authorities. */
export interface AgentPair {
  /** Kept for the next attempt. */
  readonly kept: Agents;
  /** Each for one attempt. */
  readonly fresh: Agents;
}

export interface AgentPool {
  /** For targets whose certificates `tlsCa` (PEM) vouches for; the usual authorities unless given. */
  for(tlsCa: string | undefined): AgentPair;
  /** Drops the connections. */
  close(): void;
}

/** Beyond it, those go whose authorities were needed longest ago; their connections end when they are idle. */
const OWN_AUTHORITIES_KEPT = 100;

export function createAgentPool(options: Omit<AgentsOptions, "keepAlive">): AgentPool {
  const createPair = (ca: AgentsOptions["ca"]): AgentPair => {
    const trusting = { ...options, ...(ca === undefined ? {} : { ca }) };
    return {
      kept: createAgents({ ...trusting, keepAlive: true }),
      fresh: createAgents({ ...trusting, keepAlive: false }),
    };
  };
  const usual = createPair(options.ca);
  const byAuthorities = createRecent<string, AgentPair>(OWN_AUTHORITIES_KEPT);

  return {
    for: (tlsCa) => {
      if (tlsCa === undefined) return usual;
      const known = byAuthorities.get(tlsCa);
      if (known !== undefined) return known;
      const pair = createPair(tlsCa);
      byAuthorities.set(tlsCa, pair);
      return pair;
    },
    close: () => {
      for (const { kept, fresh } of [usual, ...byAuthorities.values()]) {
        for (const agent of [kept.http, kept.https, fresh.http, fresh.https]) agent.destroy();
      }
      options.tunnel?.close();
    },
  };
}
