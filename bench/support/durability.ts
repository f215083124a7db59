/** When Redis writes to the disk: before it answers, every second, or when the system likes to. */
export const FSYNC_MODES = ["always", "everysec", "no"] as const;
export type FsyncMode = (typeof FSYNC_MODES)[number];

let mode: FsyncMode = "always";

/** For all that is started from now on. */
export function setFsyncMode(name: FsyncMode): void {
  mode = name;
}

export function fsyncMode(): FsyncMode {
  return mode;
}

/** As settings of `redis-server`. */
export function fsyncSettings(): readonly string[] {
  return ["--appendfsync", mode];
}
