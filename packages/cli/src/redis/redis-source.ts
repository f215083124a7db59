import { isNewEnough } from "./redis-version.ts";

/** What this machine offers, as far as it decides where Redis comes from. */
export interface RedisOffers {
  readonly redisUrl: string | undefined;
  /** `redis-server` or `valkey-server` on `PATH`. */
  readonly onPath: { readonly command: string; readonly version: string } | undefined;
  readonly platform: NodeJS.Platform;
  readonly hasApt: boolean;
  readonly hasHomebrew: boolean;
}

export type RedisSource =
  | { readonly kind: "given"; readonly url: string }
  | { readonly kind: "path"; readonly command: string }
  | { readonly kind: "debian-package" }
  | { readonly kind: "homebrew" }
  | { readonly kind: "none"; readonly advice: string };

const OR_URL = "or set REDIS_URL to a Redis 6.2 or newer that runs elsewhere";

/** Where Redis comes from: the one given, else one that is installed, else the platform's own package. */
export function chooseRedis({ redisUrl, onPath, platform, hasApt, hasHomebrew }: RedisOffers): RedisSource {
  if (redisUrl !== undefined && redisUrl.trim() !== "") return { kind: "given", url: redisUrl.trim() };
  if (onPath !== undefined && isNewEnough(onPath.version)) return { kind: "path", command: onPath.command };
  if (platform === "linux" && hasApt) return { kind: "debian-package" };
  if (platform === "darwin" && hasHomebrew) return { kind: "homebrew" };
  const tooOld = onPath === undefined ? "" : `${onPath.command} is Redis ${onPath.version}, older than 6.2. `;
  return { kind: "none", advice: `${tooOld}Posthorn needs Redis 6.2 or newer: ${install(platform)}, ${OR_URL}` };
}

function install(platform: NodeJS.Platform): string {
  if (platform === "darwin")
    return "install Homebrew (https://brew.sh) and start again, which then runs `brew install redis`";
  if (platform === "win32") return "use `docker compose up`, or run Posthorn inside WSL";
  return "install your distribution's package (`dnf install valkey`, `apk add redis`, `pacman -S valkey`, …)";
}
