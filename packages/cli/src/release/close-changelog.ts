/** The changelog with what was unreleased as a release, or why it cannot be one. */
export type ClosedChangelog =
  | { readonly kind: "closed"; readonly text: string; readonly notes: string }
  | { readonly kind: "refused"; readonly why: string };

const UNRELEASED = "## [Unreleased]";

/** `date` as in `2026-03-02`. */
export function closeChangelog(text: string, version: string, date: string): ClosedChangelog {
  if (text.includes(`## [${version}]`)) return { kind: "refused", why: `CHANGELOG.md has ${version} already` };
  const from = text.indexOf(`${UNRELEASED}\n`);
  if (from < 0) return { kind: "refused", why: `CHANGELOG.md has no heading ${UNRELEASED}` };
  const start = from + UNRELEASED.length;
  const next = text.indexOf("\n## [", start);
  const notes = text.slice(start, next < 0 ? undefined : next).trim();
  if (notes === "") {
    return { kind: "refused", why: "CHANGELOG.md tells of nothing that is unreleased: write what has changed" };
  }
  const released = `${UNRELEASED}\n\n## [${version}] - ${date}`;
  return { kind: "closed", text: text.slice(0, from) + released + text.slice(start), notes };
}
