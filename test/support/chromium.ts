import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { libraryFolders, unpackDebianArchives } from "../../packages/cli/src/redis/debian-archives.ts";

const DATA_DIR = fileURLToPath(new URL("../../.posthorn", import.meta.url));
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

interface Program {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

let found: Promise<Program> | undefined;

/** Starts a real browser: the one named by `TEST_CHROMIUM`, else the system's, else the distribution's, unpacked. */
export async function launchChromium(): Promise<Browser> {
  found ??= findProgram();
  const { path, env } = await found;
  return chromium.launch({
    executablePath: path,
    env: { ...process.env, ...env },
    // Who runs as root, as in a container, cannot have the sandbox; the pages are our own.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
  });
}

async function findProgram(): Promise<Program> {
  const named = process.env["TEST_CHROMIUM"];
  if (named !== undefined) {
    if (existsSync(named)) return { path: named, env: {} };
    throw new Error(`TEST_CHROMIUM ${named} is not there: correct or unset it`);
  }
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const [path] = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).filter((file) =>
    existsSync(file),
  );
  return path === undefined ? unpack() : { path, env: {} };
}

async function unpack(): Promise<Program> {
  const root = await unpackDebianArchives({
    packages: ["chromium", "fonts-dejavu-core"],
    folder: join(DATA_DIR, "chromium"),
    onDownload: () =>
      console.error(
        "Chromium is not installed: downloading the distribution's package (nothing on the system changes) …",
      ),
  }).catch((error: unknown) => {
    throw new Error("tests of the console need a browser: install chromium, or set TEST_CHROMIUM to one", {
      cause: error,
    });
  });
  return {
    path: join(root, "usr/lib/chromium/chromium"),
    env: {
      LD_LIBRARY_PATH: (await libraryFolders(root)).join(":"),
      FONTCONFIG_PATH: join(root, "etc/fonts"),
      FONTCONFIG_SYSROOT: root,
    },
  };
}
