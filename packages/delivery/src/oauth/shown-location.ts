/** Where a redirect leads, as people may see it: without user, password, query and fragment, where codes and keys lie. */
export function shownLocation(location: string): string {
  const [place = ""] = location.split(/[?#]/, 1);
  // Also of what is no URL, such as `//user:password@host`.
  return place.replace(/^([a-z][a-z\d+.-]*:)?([/\\]{2,})[^/\\]*@/i, "$1$2");
}
