/** The part of a `package.json`, or of an entry of `package-lock.json`, that has versions of ours. */
interface Versioned {
  version?: string;
  dependencies?: Record<string, string>;
}

/** Our own packages go by one version, also where one needs another. */
function setOwn(entry: Versioned, version: string): void {
  if (entry.version !== undefined) entry.version = version;
  for (const name of Object.keys(entry.dependencies ?? {})) {
    if (name.startsWith("@posthorn/") && entry.dependencies !== undefined) entry.dependencies[name] = version;
  }
}

export function setPackageVersion(text: string, version: string): string {
  const content = JSON.parse(text) as Versioned;
  setOwn(content, version);
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** What npm would write, without asking anybody: only our own entries change. */
export function setLockVersion(text: string, version: string): string {
  const content = JSON.parse(text) as Versioned & { packages: Record<string, Versioned & { link?: boolean }> };
  content.version = version;
  for (const [path, entry] of Object.entries(content.packages)) {
    if (entry.link !== true && !path.includes("node_modules/")) setOwn(entry, version);
  }
  return `${JSON.stringify(content, null, 2)}\n`;
}

const CONSTANT = /(?<=^export const VERSION = ")[^"]*(?="; *$|";$)/m;

/** The version that the processes tell of. */
export function setConstant(source: string, version: string): string {
  return source.replace(CONSTANT, version);
}

/** That of an image, unless it is told another one when it is built. */
export function setImageVersion(text: string, version: string): string {
  return text.replace(/^ARG VERSION=.*$/m, `ARG VERSION=${version}`);
}

/** That of a Helm chart, and of what it runs. */
export function setChartVersion(text: string, version: string): string {
  return text.replace(/^version: .*$/m, `version: ${version}`).replace(/^appVersion: .*$/m, `appVersion: "${version}"`);
}
