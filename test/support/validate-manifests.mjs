// Reads Kubernetes manifests (YAML) from standard input and prints what is wrong with them, by Kubernetes' own schemas, one
// problem a line. A program of its own, since Jest does not load the packages' ES modules. Their later versions want Node 22,
// and greet whoever installs Posthorn under Node 20 with warnings.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";

const require = createRequire(import.meta.url);

/** By apiVersion: the package, and how its files of schemas begin. */
const SCHEMAS = {
  v1: ["kubernetes-models", "IoK8sApiCoreV1"],
  "apps/v1": ["kubernetes-models", "IoK8sApiAppsV1"],
  "policy/v1": ["kubernetes-models", "IoK8sApiPolicyV1"],
  "autoscaling/v2": ["kubernetes-models", "IoK8sApiAutoscalingV2"],
  "networking.k8s.io/v1": ["kubernetes-models", "IoK8sApiNetworkingV1"],
  "keda.sh/v1alpha1": ["@kubernetes-models/keda", "KedaShV1alpha1"],
  "monitoring.coreos.com/v1": ["@kubernetes-models/prometheus-operator", "MonitoringCoreosComV1"],
};

const documents = parseAllDocuments(await text(process.stdin));
for (const document of documents) {
  for (const error of document.errors) console.log(error.message);
  const manifest = document.toJS();
  if (manifest === null) continue;
  for (const problem of await problemsOf(manifest)) {
    console.log(`${manifest.kind} ${manifest.metadata?.name} ${problem}`);
  }
}

async function problemsOf(manifest) {
  const [name, beginning] = SCHEMAS[manifest.apiVersion] ?? [];
  if (name === undefined) return [`has an apiVersion without a schema here: ${manifest.apiVersion}`];
  // Not all of these packages export their schemas.
  const file = new URL(`_schemas/${beginning}${manifest.kind}.js`, import.meta.resolve(name));
  const { validate } = require(fileURLToPath(file));
  const unread = [];
  const isValid = validate(watched(manifest, "", unread));
  const problems = isValid
    ? []
    : validate.errors.map(
        ({ instancePath, message, params, keyword }) =>
          `${instancePath} ${message ?? keyword} ${JSON.stringify(params)}`,
      );
  return [...problems, ...unread.flatMap((unknown) => unknown())];
}

/**
 * The same value, which notes what a schema reads of it: these schemas take fields that they do not know for fine, and
 * Kubernetes does so as well and drops them. An object that a schema looks into in part has a field too many.
 */
function watched(value, path, unread) {
  if (typeof value !== "object" || value === null) return value;
  const read = new Set();
  const children = new Map();
  unread.push(() =>
    read.size === 0 || Array.isArray(value)
      ? []
      : Object.keys(value)
          .filter((key) => !read.has(key))
          .map((key) => `${path}/${key} is unknown`),
  );
  return new Proxy(value, {
    get: (target, key) => {
      if (typeof key !== "string" || !Object.hasOwn(target, key)) return Reflect.get(target, key);
      read.add(key);
      if (!children.has(key)) children.set(key, watched(target[key], `${path}/${key}`, unread));
      return children.get(key);
    },
    ownKeys: (target) => {
      for (const key of Object.keys(target)) read.add(key);
      return Reflect.ownKeys(target);
    },
  });
}
