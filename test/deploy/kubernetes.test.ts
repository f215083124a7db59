import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { findHelm } from "../support/helm.ts";
import { documentedMetrics, selectorsOf } from "../support/promql.ts";

const ROOT = join(__dirname, "..", "..");
const CHART = join(ROOT, "deploy/helm/posthorn");
const EXTERNAL = { "secrets.existing": "posthorn-secrets" };

const helm = findHelm();
if (helm === undefined)
  console.error("Kubernetes tests: skipped, there is no helm, and none can be had for this machine");
const withHelm = helm === undefined ? test.skip : test;

interface Rendering {
  readonly example?: string;
  readonly set?: Readonly<Record<string, string | number | boolean>>;
}

interface Container {
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly command?: readonly string[];
  readonly securityContext: Record<string, unknown>;
  readonly resources: { readonly requests: object; readonly limits: object };
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
  readonly startupProbe?: object;
}
interface PodSpec {
  readonly securityContext: Record<string, unknown>;
  readonly terminationGracePeriodSeconds: number;
  readonly automountServiceAccountToken: boolean;
  readonly containers: readonly [Container];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly ingress?: readonly object[];
    readonly egress?: readonly object[];
    readonly replicas?: number;
    readonly template: { readonly spec: PodSpec };
    readonly triggers: readonly { readonly metadata: Readonly<Record<string, string>> }[];
  };
}

function run(command: string, { example, set = {} }: Rendering) {
  const values = example === undefined ? [] : ["--values", join(CHART, "examples", `${example}.yaml`)];
  const sets = Object.entries(set).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const name = command === "template" ? ["posthorn"] : [];
  const args = [command, ...name, CHART, ...values, ...sets, ...(command === "lint" ? ["--strict"] : [])];
  return spawnSync(helm ?? "", args, { encoding: "utf8", maxBuffer: 64 * 1024 ** 2 });
}

function render(rendering: Rendering): string {
  const { status, stdout, stderr } = run("template", rendering);
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function manifests(yaml: string): Manifest[] {
  return parseAllDocuments(yaml).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
}

function problems(yaml: string): string[] {
  const program = join(ROOT, "test/support/validate-manifests.mjs");
  const { stdout, stderr } = spawnSync(process.execPath, [program], { input: yaml, encoding: "utf8" });
  return `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
}

const RENDERINGS: Readonly<Record<string, Rendering>> = {
  "the example for production": { example: "production" },
  "the example for a trial": { example: "trial" },
  "the example of a queue's length": { example: "queue-length", set: EXTERNAL },
  "as little as can be": {
    set: {
      ...EXTERNAL,
      "api.autoscaling.enabled": false,
      "podDisruptionBudget.enabled": false,
      "networkPolicy.enabled": false,
    },
  },
  "secrets of the chart, and much else": {
    set: {
      "secrets.apiKey": "a-key-of-16-chars",
      "secrets.secret": "s",
      "redis.url": "redis+cluster://a:6379",
      "image.digest": `sha256:${"a".repeat(64)}`,
      "imagePullSecrets[0].name": "registry",
      "worker.keda.enabled": true,
      "config.WORKER_CONCURRENCY": 50,
      "ingress.enabled": true,
      "ingress.tlsSecret": "tls",
      "service.type": "LoadBalancer",
      "monitoring.podMonitor": true,
      "monitoring.token.name": "metrics",
      "monitoring.token.key": "token",
      "worker.extraVolumes[0].name": "archive",
      "worker.extraVolumes[0].persistentVolumeClaim.claimName": "archive",
      "worker.extraVolumeMounts[0].name": "archive",
      "worker.extraVolumeMounts[0].mountPath": "/archive",
    },
  },
};

withHelm.each(Object.keys(RENDERINGS))("the chart renders what Kubernetes' schemas allow: %s", (name) => {
  const rendering = RENDERINGS[name] ?? {};
  const lint = run("lint", rendering);
  expect([lint.status, lint.stdout]).toEqual([0, expect.stringContaining("0 chart(s) failed")]);
  expect(problems(render(rendering))).toEqual([]);
});

withHelm("a field that Kubernetes does not know, or of another type, is found", () => {
  const yaml = render({ example: "production" });
  const broken = yaml
    .replace("failureThreshold: 60", "failureTreshold: 60")
    .replace("minReplicas: 3", "minReplicas: three")
    .replace("pollingInterval", "polingInterval");
  expect(problems(broken).toSorted()).toEqual([
    "Deployment posthorn-api /spec/template/spec/containers/0/startupProbe/failureTreshold is unknown",
    'HorizontalPodAutoscaler posthorn-api /spec/minReplicas type {"type":"integer"}',
    "ScaledObject posthorn-worker /spec/polingInterval is unknown",
  ]);
});

withHelm(
  "every container runs without root, rights or a file system to write to, is probed, and has time to stop",
  () => {
    const workloads = ["production", "trial"]
      .flatMap((example) => manifests(render({ example })))
      .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
    expect(workloads.map(({ metadata }) => metadata.name)).toEqual([
      "posthorn-api",
      "posthorn-worker",
      "posthorn-api",
      "posthorn-worker",
      "posthorn-redis",
    ]);
    for (const { spec } of workloads) {
      const pod = spec.template.spec;
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      });
      // An attempt and what follows take 15 s at most, unless somebody sets it otherwise.
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(20);
      const [container] = pod.containers;
      expect(container).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        resources: {
          requests: { cpu: expect.anything() as unknown },
          limits: { memory: expect.anything() as unknown },
        },
        livenessProbe: expect.anything() as unknown,
        readinessProbe: expect.anything() as unknown,
        startupProbe: expect.anything() as unknown,
      });
      const source = container.command?.[1]?.replace("/dist/", "/src/").replace(".js", ".ts");
      if (source !== undefined) expect([source, existsSync(join(ROOT, source))]).toEqual([source, true]);
    }
  },
);

withHelm("commands in a worker find the API, and may call it whoever else may", () => {
  const set = { "service.port": 81, "networkPolicy.apiFrom[0].ipBlock.cidr": "10.1.0.0/16" };
  const rendered = manifests(render({ example: "production", set }));
  const named = (kind: string, name: string): Manifest | undefined =>
    rendered.find((one) => one.kind === kind && one.metadata.name === name);
  const [container] = named("Deployment", "posthorn-worker")?.spec.template.spec.containers ?? [];
  expect(container?.env).toContainEqual({ name: "POSTHORN_URL", value: "http://posthorn:81" });
  expect(named("Service", "posthorn")?.spec).toMatchObject({ ports: [{ port: 81, targetPort: "http" }] });
  const pods = (component: string) => ({
    podSelector: { matchLabels: expect.objectContaining({ "app.kubernetes.io/component": component }) as unknown },
  });
  expect(named("NetworkPolicy", "posthorn-worker")?.spec.egress).toContainEqual({
    ports: [{ port: 8080 }],
    to: [pods("api")],
  });
  expect(named("NetworkPolicy", "posthorn-api")?.spec.ingress).toEqual([
    { ports: [{ port: 8080 }], from: [{ ipBlock: { cidr: "10.1.0.0/16" } }, pods("worker")] },
  ]);
  const own = manifests(render({ example: "production", set: { "config.POSTHORN_URL": "https://hooks.example.com" } }));
  const worker = own.find(({ metadata, kind }) => kind === "Deployment" && metadata.name === "posthorn-worker");
  expect(worker?.spec.template.spec.containers[0].env?.map(({ name }) => name)).not.toContain("POSTHORN_URL");
});

withHelm("autoscalers, and nobody else, decide on replicas where they are wanted", () => {
  const scaled = manifests(render({ example: "production" }));
  expect(scaled.filter(({ spec }) => spec?.replicas !== undefined)).toEqual([]);
  const fixed = manifests(render({ set: { ...EXTERNAL, "api.autoscaling.enabled": false } }));
  expect(fixed.flatMap(({ spec }) => spec?.replicas ?? [])).toEqual([2, 2]);
});

withHelm("workers are scaled by metrics that are there", () => {
  const known = documentedMetrics();
  const queries = manifests(render({ example: "production" }))
    .filter(({ kind }) => kind === "ScaledObject")
    .flatMap(({ spec }) => spec.triggers.map(({ metadata }) => metadata["query"] ?? ""));
  expect(queries).toHaveLength(2);
  expect(queries.flatMap(selectorsOf).filter(({ name }) => !known.has(name))).toEqual([]);
});

withHelm("the rules and the dashboard are those of deploy/monitoring", () => {
  const rendered = manifests(render({ example: "production" }));
  const rules = rendered.find(({ kind }) => kind === "PrometheusRule");
  expect(rules?.spec).toEqual(parse(readFileSync(join(ROOT, "deploy/monitoring/alerts.yml"), "utf8")));
  const dashboard = rendered.find(({ metadata }) => metadata.name === "posthorn-dashboard");
  const file = readFileSync(join(ROOT, "deploy/monitoring/grafana/dashboards/posthorn.json"), "utf8");
  expect(JSON.parse(dashboard?.data?.["posthorn.json"] ?? "")).toEqual(JSON.parse(file));
});

withHelm("variables in examples are those of .env.example, and the chart is of this version", () => {
  const variables = readFileSync(join(ROOT, ".env.example"), "utf8");
  for (const example of ["production", "trial", "queue-length"]) {
    const values = readFileSync(join(CHART, "examples", `${example}.yaml`), "utf8");
    const { config = {} } = parse(values) as { config?: Record<string, unknown> };
    for (const name of Object.keys(config)) expect(variables).toContain(`\n${name}=`);
  }
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  expect(parse(readFileSync(join(CHART, "Chart.yaml"), "utf8"))).toMatchObject({ version, appVersion: version });
});

withHelm.each([
  [{}, "secrets.existing, or secrets.apiKey"],
  [{ "secrets.apiKey": "short", "secrets.secret": "s" }, "16 characters"],
  [{ "secrets.apiKey": "a-key-of-16-chars", "secrets.secret": "s" }, "redis.url, or redis.inCluster.enabled"],
  [{ ...EXTERNAL, "redis.url": "redis://r", "redis.inCluster.enabled": true }, "not both"],
  [{ ...EXTERNAL, "redis.url": "http://r" }, "redis/url"],
  [{ ...EXTERNAL, "api.replica": 3 }, "replica"],
])("values that cannot be are refused with what to do: %j", (set, words) => {
  const { status, stderr } = run("template", { set });
  expect(status).not.toBe(0);
  expect(stderr).toContain(words);
});
