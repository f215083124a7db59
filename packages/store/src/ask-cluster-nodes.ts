import { connect } from "./connect.ts";
import type { ClusterAddress, HostAndPort } from "./redis-address.ts";

const ANSWER_WITHIN_MS = 3_000;
const SLOTS = 16_384;

/** What each of a Cluster's nodes says of it, in words, where the Cluster as a whole cannot be used. */
export async function askClusterNodes(address: ClusterAddress): Promise<string> {
  const told = await Promise.all(address.nodes.map((node) => askNode(address, node)));
  return told.join("; ");
}

async function askNode({ tls, login }: ClusterAddress, { host, port }: HostAndPort): Promise<string> {
  const name = `${host}:${port}`;
  const { username = "", password } = login;
  const userinfo = password === undefined ? "" : `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
  let lastError: Error | undefined;
  const redis = connect({
    address: `redis${tls ? "s" : ""}://${userinfo}${host.includes(":") ? `[${host}]` : host}:${port}`,
    name: "posthorn-doctor",
    onError: (error) => (lastError = error),
  });
  try {
    const silence = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const tooLate = new Promise<never>((_, reject) => {
      silence.addEventListener("abort", () => reject(new Error("no answer")));
    });
    await Promise.race([redis.connect(), tooLate]);
    const info = await Promise.race([redis.cluster("INFO"), tooLate]);
    const value = (field: string): string => new RegExp(`^${field}:(\\S+)`, "m").exec(info)?.[1] ?? "unknown";
    return `${name} says that its state is ${value("cluster_state")}, with ${value("cluster_slots_ok")} of ${SLOTS} slots served`;
  } catch (error) {
    return `${name}: ${(lastError ?? (error as Error)).message}`;
  } finally {
    redis.disconnect();
  }
}
