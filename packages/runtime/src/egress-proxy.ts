/** True for the URL of a proxy, such as `http://user:password@proxy:3128`: http or https, and no path. */
export function isProxyUrl(text: string): boolean {
  try {
    const { protocol, hostname, pathname, search, hash } = new URL(text);
    return /^https?:$/.test(protocol) && hostname !== "" && pathname === "/" && search + hash === "";
  } catch {
    return false;
  }
}

/** The same without user and password, as logs show it. */
export function shownProxy(url: string): string {
  return new URL(url).origin;
}
