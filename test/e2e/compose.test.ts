import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createProject, docker, hasEngine, withEngine } from "../support/compose.ts";
import type { ComposeProject } from "../support/compose.ts";
import { event, numbersOf } from "../support/stack.ts";
import { SENDERS, startLoad } from "../support/steady-load.ts";
import type { SteadyLoad } from "../support/steady-load.ts";
import { waitFor } from "../support/wait-for.ts";

const MINUTE_MS = 60_000;

const { version: VERSION } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as {
  version: string;
};

let project: ComposeProject;

beforeAll(async () => {
  if (!hasEngine) return;
  // More attempts than the load needs, soon: what a killed worker had is tried again within seconds.
  const env = { BATCH_MAX_WAIT: "500ms", TARGET_ALLOW: "receiver,target", RETRY_SCHEDULE: "1s", DEMO_RATE: "5" };
  project = await createProject(env);
  await project.compose("build", "--quiet");
  await project.compose("--profile", "demo", "up", "--wait", "--quiet-pull", "--scale", "worker=2");
}, 10 * MINUTE_MS);

afterAll(async () => {
  if (hasEngine) await project.down();
}, 2 * MINUTE_MS);

/** Of every container of a service, what a Go template makes of `docker inspect`. */
async function inspect(service: string, template: string): Promise<string[]> {
  const ids = await project.containerIds(service);
  return (await docker("inspect", "--format", template, ...ids)).split("\n");
}

async function acceptedBy(container: string): Promise<number> {
  const program = `fetch("http://127.0.0.1:8080/metrics").then((r) => r.text()).then(console.log)`;
  const metrics = await docker("exec", container, "node", "--eval", program);
  return Number(/^posthorn_events_accepted_total (\d+)$/m.exec(metrics)?.[1]);
}

withEngine(
  "docker compose up serves: a webhook is created, an event sent, and its batch received; the demo plays beside it",
  async () => {
    const webhook = { name: "compose", target: "http://target:9000/", events: ["delivery"], auth_token: "let-me-in" };
    const created = await project.call("POST", "/api/v1/webhooks", webhook);
    expect(created.status).toBe(200);
    // The address is the one that was asked for, though a proxy stands between.
    expect(JSON.stringify(created.body)).toContain(`"href":"${project.url}/api/v1/webhooks/`);
    // What clients say of themselves counts for nothing, unless OUTER_PROXIES names them.
    const spoof = { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7" };
    const list = await project.call("GET", "/api/v1/webhooks", undefined, spoof);
    expect(JSON.stringify(list.body)).toContain(`"href":"${project.url}/api/v1/webhooks/`);
    // The demo's receiver is opened by its name only: the network that it is in stays closed.
    const [address = ""] = await inspect("receiver", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}");
    expect(address).toMatch(/^[\d.]+$/);
    const closed = { ...webhook, target: `http://${address}:9000/` };
    expect((await project.call("POST", "/api/v1/webhooks", closed)).status).toBe(400);
    const { status } = await project.call("POST", "/api/v1/events", [event(1), event(2)]);
    expect(status).toBe(200);
    const received = await waitFor(
      "the batch",
      async () => (await project.targetRequests()).find(({ body }) => body.includes('"m-1"')),
      20_000,
    );
    expect(received.token).toBe("let-me-in");
    expect(received.body).toContain(JSON.stringify([event(1), event(2)]).slice(1, -1));
    expect(received.batchId).toBeTruthy();
    await waitFor(
      "a batch of the simulator in the demo receiver's log",
      async () =>
        / {2}\d+ events: .*injection.* -> {2}200/.test(await project.compose("--profile", "demo", "logs", "receiver")),
      30_000,
    );
    await project.compose("--profile", "demo", "stop", "simulator", "receiver");
  },
  2 * MINUTE_MS,
);

withEngine(
  "containers run without root, rights or a file system to write to, and their image without tools",
  async () => {
    for (const service of ["redis", "api", "worker", "proxy", "simulator"]) {
      const template =
        "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.Config.User}}";
      for (const line of await inspect(service, template)) {
        expect(line).toMatch(/^true \[ALL\] \[no-new-privileges:true\] (?!root|0\b)\S+$/);
      }
    }
    const [labels = ""] = await inspect("api", "{{json .Config.Labels}}");
    expect(JSON.parse(labels)).toMatchObject({
      "org.opencontainers.image.version": VERSION,
      "org.opencontainers.image.revision": "unknown",
    });
    const [worker = ""] = await project.containerIds("worker");
    const left = `for (const name of ["jest", "vite", "react", "typescript/lib/tsc.js", "@posthorn/api/src/main.ts"])
    try { require.resolve(name); console.log(name); } catch {}`;
    expect(await docker("exec", worker, "node", "--eval", left)).toBe("");
    await expect(docker("exec", worker, "touch", "/app/x")).rejects.toThrow("Read-only file system");
  },
);

withEngine(
  "the commands for operators run in a container of their own, and in any of the services",
  async () => {
    const [worker = ""] = await project.containerIds("worker");
    expect(await project.compose("run", "--rm", "--no-TTY", "doctor")).toMatch(
      /^ok +POSTHORN_SECRET opens what is stored$/m,
    );
    const ops = (service: string, command: string): Promise<string> =>
      project.compose("exec", "--no-TTY", service, "npm", "run", "--silent", "ops", "--", command);
    expect(await ops("api", "status")).toMatch(/^Nothing is paused as a whole\n\d webhooks?, /);
    await ops("worker", "pause");
    expect(await ops("api", "status")).toMatch(/^EVERYTHING IS PAUSED since/);
    await ops("api", "resume");
    // What is said to do next can be done there, too.
    await expect(docker("exec", worker, "npm", "run", "--silent", "bench")).rejects.toThrow(
      "in a clone of the repository",
    );
  },
  MINUTE_MS,
);

withEngine(
  "a body of nearly 32 MB passes the proxy, and of a larger one the API says that it is too large",
  async () => {
    // Events that nobody wants: they are checked, and not stored.
    const one = (size: number): unknown => ({ msys: { message_event: { type: "bounce", filler: "x".repeat(size) } } });
    const megabyte = 1024 ** 2;
    const large = Array.from({ length: 31 }, () => one(megabyte));
    expect(await project.call("POST", "/api/v1/events", large)).toMatchObject({
      status: 200,
      body: { results: { accepted: 31 } },
    });
    const tooLarge = await project.call("POST", "/api/v1/events", [...large, one(megabyte), one(megabyte)]);
    expect(tooLarge.status).toBe(413);
  },
  MINUTE_MS,
);

/** `npm run test:compose` goes round more often. */
const ROUNDS = process.env["npm_lifecycle_event"] === "test:compose" ? 5 : 1;

withEngine(
  "nothing is lost when processes are scaled, killed, or cut off from their network, and when Redis is, under load",
  async () => {
    const load = startLoad(project);
    for (let round = 0; round < ROUNDS; round += 1) await goRound(load);
    await load.stop();
    // Only what a killed API process had in hand has no answer of its own.
    const cut = load.refusals.filter((refusal) => /^502 |fetch failed/.test(refusal));
    expect(load.refusals).toEqual(cut);
    expect(cut.length).toBeLessThanOrEqual(ROUNDS * SENDERS);

    await waitFor(
      "every accepted event at the target",
      async () => {
        const requests = await project.targetRequests();
        const numbers = new Set(requests.flatMap(({ body }) => numbersOf(JSON.parse(body) as unknown[])));
        return load.accepted.every((number) => numbers.has(number));
      },
      MINUTE_MS,
    );
    const bodies = new Map<string, string>();
    for (const { batchId = "", body } of await project.targetRequests()) {
      expect(bodies.get(batchId) ?? body).toBe(body);
      bodies.set(batchId, body);
    }
  },
  ROUNDS * 4 * MINUTE_MS,
);

async function goRound(load: SteadyLoad): Promise<void> {
  const accepted = async (count: number): Promise<void> => {
    const enough = load.accepted.length + count;
    await waitFor(`${count} more events being accepted`, () => load.accepted.length >= enough, 30_000);
  };
  const scale = (api: number, worker: number) =>
    project.compose("up", "--detach", "--no-recreate", "--scale", `api=${api}`, "--scale", `worker=${worker}`);
  const killed = async (container: string, meanwhile: () => Promise<unknown>): Promise<void> => {
    await docker("kill", container);
    await meanwhile();
    await docker("start", container);
    await accepted(500);
  };

  await scale(2, 4);
  await waitFor(
    "both API processes taking events, and four workers",
    async () => {
      const counts = await Promise.all((await project.containerIds("api")).map(acceptedBy));
      const workers = await inspect("worker", "{{.State.Health.Status}}");
      return (
        counts.length === 2 && counts.every((count) => count > 0) && workers.join() === Array(4).fill("healthy").join()
      );
    },
    MINUTE_MS,
  );

  const [api = ""] = await project.containerIds("api");
  const [first = "", second = ""] = await project.containerIds("worker");
  const [redis = ""] = await project.containerIds("redis");
  await killed(api, () => accepted(500));
  await killed(first, () => accepted(500));
  load.longestGapMs();
  await killed(redis, () => waitFor("senders being told that it is away", () => load.longestGapMs() > 1_500, 30_000));

  const [network = ""] = await inspect("worker", "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}");
  await docker("network", "disconnect", network, second);
  await waitFor(
    "the worker noticing that it is alone",
    async () => (await docker("inspect", "--format", "{{.State.Health.Status}}", second)) === "unhealthy",
    MINUTE_MS,
  );
  await docker("network", "connect", network, second);
  await waitFor(
    "the worker being back",
    async () => (await docker("inspect", "--format", "{{.State.Health.Status}}", second)) === "healthy",
    MINUTE_MS,
  );

  await scale(1, 2);
  await accepted(500);
}

withEngine(
  "SIGTERM ends every process in time and cleanly",
  async () => {
    await project.compose("stop", "proxy", "api", "worker");
    for (const service of ["proxy", "api", "worker"]) {
      const codes = await inspect(service, "{{.State.ExitCode}}");
      expect(new Set(codes)).toEqual(new Set(["0"]));
    }
  },
  MINUTE_MS,
);
