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

export interface Login {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

export type ParsedRedisAddress =
  | { readonly kind: "address"; readonly address: RedisAddress }
  /** In words that repeat nothing of the text, since it may hold a password. */
  | { readonly kind: "bad"; readonly problems: readonly string[] };

const FORM = /^rediss?(?:\+(sentinel|cluster))?:\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?$/;
const HOST_AND_PORT = /^(?:\[([\da-f:.]+)\]|([^\s:[\]@]+))(?::(\d{1,5}))?$/i;
const SENTINEL_PORT = 26_379;
const REDIS_PORT = 6_379;
const SENTINEL_LOGIN = ["sentinelUsername", "sentinelPassword"];
const NO_LOGIN: Login = { username: undefined, password: undefined };

/** Reads `REDIS_URL`, and tells everything that is wrong with it. */
export function parseRedisAddress(text: string): ParsedRedisAddress {
  const form = FORM.exec(text);
  if (form === null) {
    return bad(
      /^rediss?(?:\+(?:sentinel|cluster))?:\/\//.test(text)
        ? "has a # in it: percent-encode the user name and the password (# is %23)"
        : "does not start with redis://, rediss://, redis+sentinel:// or redis+cluster://, nor with rediss+sentinel:// or rediss+cluster://",
    );
  }
  const [, kind, authority = "", path = "", query = ""] = form;
  if (kind === undefined) return parseOne(text);
  const problems: string[] = [];
  const at = authority.lastIndexOf("@");
  const parts = {
    tls: text.startsWith("rediss"),
    login: at < 0 ? NO_LOGIN : parseLogin(authority.slice(0, at), problems),
    hosts: authority.slice(at + 1).split(","),
    path: path
      .split("/")
      .slice(1)
      .map((segment) => decoded(segment) ?? ""),
    // Else a + would be a space.
    query: new URLSearchParams(query.replaceAll("+", "%2B")),
  };
  const address = kind === "sentinel" ? parseSentinel(parts, problems) : parseCluster(parts, problems);
  return problems.length > 0 ? { kind: "bad", problems } : { kind: "address", address };
}

interface Parts {
  readonly tls: boolean;
  readonly login: Login;
  readonly hosts: readonly string[];
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

function bad(...problems: readonly string[]): ParsedRedisAddress {
  return { kind: "bad", problems };
}

function parseOne(text: string): ParsedRedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === "" || url.hostname.includes(",")) {
    return bad(
      "is not like redis://user:password@host:6379/0: percent-encode the user name and the password, and write redis+sentinel:// or redis+cluster:// before more than one address",
    );
  }
  if (!/^\/?\d*$/.test(url.pathname)) return bad("names a database that is not a number, after the last /");
  return { kind: "address", address: text };
}

function parseSentinel({ tls, login, hosts, path, query }: Parts, problems: string[]): SentinelAddress {
  const [master = "", database = "", ...more] = path;
  if (master === "") problems.push("names no master: add /mymaster, or what the Sentinels call it");
  if (!/^\d*$/.test(database) || more.length > 0) {
    problems.push("names a database that is not a number, after the name of the master");
  }
  if ([...query.keys()].some((name) => !SENTINEL_LOGIN.includes(name))) {
    problems.push(`has something after the ? that is neither ${SENTINEL_LOGIN.join(" nor ")}`);
  }
  const [username, password] = SENTINEL_LOGIN.map((name) => query.get(name) || undefined);
  if (username !== undefined && password === undefined) {
    problems.push("has sentinelUsername but no sentinelPassword: add &sentinelPassword=…");
  }
  return {
    kind: "sentinel",
    sentinels: parseHosts(hosts, SENTINEL_PORT, problems),
    master,
    database: Number(database),
    tls,
    login,
    sentinelLogin: { username, password },
  };
}

function parseCluster({ tls, login, hosts, path, query }: Parts, problems: string[]): ClusterAddress {
  if (path.some((segment) => segment !== "" && segment !== "0")) {
    problems.push("names a database, and a Cluster has none: remove what stands after the last address");
  }
  if (query.size > 0) problems.push("has something after a ?, which a Cluster takes nothing from: remove it");
  return { kind: "cluster", nodes: parseHosts(hosts, REDIS_PORT, problems), tls, login };
}

function parseHosts(texts: readonly string[], defaultPort: number, problems: string[]): HostAndPort[] {
  return texts.flatMap((text, index) => {
    const [, ipv6, name, port = String(defaultPort)] = HOST_AND_PORT.exec(text) ?? [];
    const host = ipv6 ?? name;
    if (host !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return [{ host, port: Number(port) }];
    problems.push(`has no host:port, with a port from 1 to 65535, as its address ${index + 1} of ${texts.length}`);
    return [];
  });
}

function parseLogin(text: string, problems: string[]): Login {
  const colon = text.indexOf(":");
  const [username, password] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)].map(decoded);
  if (colon < 0 || password === "" || username === undefined || password === undefined) {
    problems.push("has no user:password or :password before the @; percent-encode both");
  }
  return { username: username === "" ? undefined : username, password };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** An address without its passwords, fit for messages. */
export function shownRedisAddress(text: string): string {
  return text.replace(/\/\/[^/?]*@/, "//").replace(/\?.*$/s, "");
}
