import { existsSync } from "node:fs";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { libraryFolders, unpackDebianArchives } from "../../packages/cli/src/redis/debian-archives.ts";

const FOLDER = fileURLToPath(new URL("../../.posthorn/faketime-package", import.meta.url));

/** The clock of processes that a test starts, as that of a machine that is wrong; a clock that only runs forward is not. */
export interface FakeClock {
  /** Variables that put a process on this clock. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on it is ahead of the real time by so much; negative = behind. */
  setAhead(aheadMs: number): Promise<void>;
  remove(): Promise<void>;
}

/** A clock that is right until it is set. */
export async function createFakeClock(): Promise<FakeClock> {
  const library = await findLibrary();
  const folder = await mkdtemp(join(tmpdir(), "posthorn-clock-"));
  const file = join(folder, "offset");
  const setAhead = async (aheadMs: number): Promise<void> => {
    // Renamed, so that nobody reads half of it.
    await writeFile(`${file}.new`, `${aheadMs < 0 ? "-" : "+"}${Math.abs(aheadMs) / 1_000}`);
    await rename(`${file}.new`, file);
  };
  await setAhead(0);
  return {
    env: {
      // The C library's malloc goes before jemalloc's, which asks for the time while libfaketime asks it for memory.
      LD_PRELOAD: `${library}:libc.so.6`,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
    setAhead,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** `libfaketime` as `TEST_LIBFAKETIME` names it, else the distribution's. */
async function findLibrary(): Promise<string> {
  const named = process.env["TEST_LIBFAKETIME"];
  if (named !== undefined) {
    if (!existsSync(named)) throw new Error(`TEST_LIBFAKETIME ${named} does not exist: correct or unset it`);
    return named;
  }
  const root = await unpackDebianArchives({
    packages: ["libfaketime"],
    folder: FOLDER,
    onDownload: () => console.error("Downloading libfaketime (nothing on the system changes) …"),
  }).catch((error: unknown) => {
    throw new Error("tests of clocks need libfaketime: install it, and set TEST_LIBFAKETIME to libfaketimeMT.so.1", {
      cause: error,
    });
  });
  const found = (await libraryFolders(root))
    .map((folder) => join(folder, "faketime/libfaketimeMT.so.1"))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error(`no libfaketimeMT.so.1 below ${root}: remove ${FOLDER} and start again`);
  return found;
}
