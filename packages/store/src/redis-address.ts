/** Where Redis is, and how to get in: the URL of one Redis, or where those are that know its master or masters. */
export type RedisAddress = string | SentinelAddress | ClusterAddress;

export interface SentinelAddress {
  readonly kind: "sentinel";
  readonly sentinels: readonly HostAndPort[];
  /** The master's name, by which the Sentinels know it. */
  readonly master: string;
  readonly database: number;
  /** To Redis and to the Sentinels. */
  readonly tls: boolean;
  readonly login: Login;
  /** The Sentinels' own. */
  readonly sentinelLogin: Login;
}

export interface ClusterAddress {
  readonly kind: "cluster";
  /** Some of its nodes: they know the others. */
  readonly nodes: readonly HostAndPort[];
  readonly tls: boolean;
  readonly login: Login;
}

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

interface Login {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

export function isCluster(address: RedisAddress): address is ClusterAddress {
  return typeof address !== "string" && address.kind === "cluster";
}

export function isSentinel(address: RedisAddress): address is SentinelAddress {
  return typeof address !== "string" && address.kind === "sentinel";
}
