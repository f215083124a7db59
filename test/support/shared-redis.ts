import { GenericContainer, getContainerRuntimeClient, Wait } from "testcontainers";
import { startRedisServer } from "./redis-server.ts";

/** The Redis of all tests that do not harm theirs. */
export interface SharedRedis {
  readonly url: string;
  /** What it is, for one line of output. */
  readonly what: string;
  remove(): Promise<void>;
}

const IMAGE = "redis:7";

/** In a container where a Docker engine answers and has, or gets, the image; else a process of this run. */
export async function startSharedRedis(): Promise<SharedRedis> {
  const started = await startContainer().catch((error: unknown) => (error instanceof Error ? error : String(error)));
  if (typeof started === "object" && "url" in started) return started;
  const server = await startRedisServer();
  const reason = (typeof started === "string" ? started : started.message).split("\n")[0];
  return { url: server.url, what: `a redis-server process (no container: ${reason})`, remove: () => server.remove() };
}

async function startContainer(): Promise<SharedRedis> {
  await getContainerRuntimeClient();
  const container = await new GenericContainer(IMAGE)
    .withCommand(
      "redis-server --databases 1024 --save  --maxmemory-policy noeviction --appendonly yes --appendfsync always".split(
        " ",
      ),
    )
    .withExposedPorts(6379)
    .withWaitStrategy(Wait.forLogMessage("Ready to accept connections"))
    .withStartupTimeout(60_000)
    .start();
  return {
    url: `redis://${container.getHost()}:${container.getMappedPort(6379)}`,
    what: `a container of ${IMAGE}`,
    remove: async () => {
      await container.stop({ timeout: 0 });
    },
  };
}
