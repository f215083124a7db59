import { existsSync } from "node:fs";
import { join } from "node:path";
import { createProject, docker, hasEngine, standIn, withEngine } from "../support/compose.ts";
import type { ComposeProject } from "../support/compose.ts";
import { event } from "../support/stack.ts";
import { waitFor } from "../support/wait-for.ts";

const MINUTE_MS = 60_000;
const MONITORING = join(__dirname, "..", "..", "deploy/monitoring");
const PROMETHEUS_IMAGE = "posthorn-test-prometheus:local";

beforeAll(async () => {
  if (hasEngine) await standIn(PROMETHEUS_IMAGE, "prometheus wget", "install -d -o nobody /prometheus");
}, 5 * MINUTE_MS);

let project: ComposeProject | undefined;
afterAll(() => project?.down(), 2 * MINUTE_MS);

withEngine("promtool accepts configuration and rules, and the rules fire as their tests say", async () => {
  const checks = [
    "touch /tmp/metrics-token",
    "promtool check config prometheus.yml",
    "promtool check rules --lint-fatal alerts.yml",
    "promtool test rules alerts.test.yml",
  ].join(" && ");
  const mount = ["--volume", `${MONITORING}:/monitoring:ro`, "--workdir", "/monitoring"];
  const output = await docker("run", "--rm", "--network", "none", ...mount, PROMETHEUS_IMAGE, "sh", "-c", checks);
  expect(output).toMatch(/SUCCESS: prometheus.yml is valid.*SUCCESS: \d+ rules found.*SUCCESS/s);
});

withEngine("the profiles are a valid file, and what they mount of the repository is there", async () => {
  const { compose } = await createProject({});
  const config = await compose("--profile", "demo", "--profile", "monitoring", "config", "--format", "json");
  const { services } = JSON.parse(config) as {
    services: Record<string, { volumes?: readonly { type: string; source: string }[] }>;
  };
  expect(Object.keys(services)).toEqual(expect.arrayContaining(["grafana", "prometheus", "receiver", "simulator"]));
  for (const { volumes = [] } of Object.values(services)) {
    for (const { type, source } of volumes) {
      if (type === "bind") expect([source, existsSync(source)]).toEqual([source, true]);
    }
  }
});

withEngine(
  "Prometheus of the profile `monitoring` finds every process, however many there are, and has no alert of a healthy stack",
  async () => {
    const ports = { PROMETHEUS_PORT: "0", GRAFANA_PORT: "0" };
    project = await createProject({ PROMETHEUS_IMAGE, METRICS_TOKEN: "a-token-for-tests", ...ports });
    const { compose, containerIds, call } = project;
    await compose("build", "--quiet");
    await compose("up", "--wait", "--quiet-pull", "--scale", "api=2", "--scale", "worker=2");
    // Grafana cannot be had here.
    await compose("--profile", "monitoring", "up", "--wait", "--no-deps", "--no-recreate", "prometheus");
    const [prometheus = ""] = await containerIds("prometheus");
    const ask = async <Answer>(path: string): Promise<Answer> => {
      const url = `http://127.0.0.1:9090/api/v1/${path}`;
      return (JSON.parse(await docker("exec", prometheus, "wget", "-qO-", url)) as { data: Answer }).data;
    };
    expect((await call("POST", "/api/v1/events", [event(1)])).status).toBe(200);
    await waitFor(
      "five processes being scraped",
      async () => {
        const { activeTargets } = await ask<{ activeTargets: { labels: { job: string }; health: string }[] }>(
          "targets",
        );
        const up = activeTargets.filter(({ health }) => health === "up").map(({ labels }) => labels.job);
        return up.toSorted().join() === "posthorn-api,posthorn-api,posthorn-proxy,posthorn-worker,posthorn-worker";
      },
      MINUTE_MS,
    );
    const query = encodeURIComponent("sum(posthorn_events_accepted_total) == 1");
    await waitFor(
      "the event being counted",
      async () => (await ask<{ result: unknown[] }>(`query?query=${query}`)).result.length === 1,
      MINUTE_MS,
    );
    const { groups } = await ask<{ groups: { rules: { health: string; lastError?: string }[] }[] }>("rules");
    expect(groups.flatMap(({ rules }) => rules).filter(({ lastError }) => lastError !== undefined)).toEqual([]);
    // Before its first scrape nobody was there.
    const nothing = async (): Promise<boolean> => (await ask<{ alerts: unknown[] }>("alerts")).alerts.length === 0;
    await waitFor("no alert, also no pending one", nothing, MINUTE_MS);
  },
  6 * MINUTE_MS,
);
