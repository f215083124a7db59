import { useEffect, useState } from "react";
import { Button, Group } from "@mantine/core";
import { noAnswer } from "../api/api-error.ts";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { PageHeader } from "../shared/page-header.tsx";
import type { PageLoadError } from "./page-load-error.ts";
import { mayReload, readReload, writeReload } from "./reload-once.ts";

/** How often it is asked whether Posthorn is back. */
const EVERY_MS = 2_500;
const STORED = "posthorn-reload";

/** In place of a page whose code did not come: as soon as Posthorn answers, it is loaded anew by itself, but only once. */
export function PageAway({ error }: { readonly error: PageLoadError }) {
  const [isBack, setBack] = useState(false);
  useEffect(() => {
    if (isBack) return undefined;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      const isThere = await answers(stop.signal);
      if (stop.signal.aborted) return;
      if (!isThere) timer = setTimeout(() => void look(), EVERY_MS);
      else if (!reloadOnce(window.location.pathname)) setBack(true);
    };
    void look();
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [isBack]);

  return (
    <>
      <PageHeader title={isBack ? "This page failed" : "This page is not here yet"} />
      <ErrorNotice error={isBack ? error : noAnswer(error, { kind: "read", isLate: false })} />
      {isBack && (
        <Group>
          <Button onClick={() => window.location.reload()}>Load it again</Button>
        </Group>
      )}
    </>
  );
}

/** False when that was done a moment ago. */
function reloadOnce(path: string): boolean {
  const atMs = Date.now();
  if (!mayReload(readReload(sessionStorage.getItem(STORED)), path, atMs)) return false;
  sessionStorage.setItem(STORED, writeReload({ path, atMs }));
  window.location.reload();
  return true;
}

/** Whether this page itself would come. */
async function answers(signal: AbortSignal): Promise<boolean> {
  try {
    const headers = { Accept: "text/html" };
    return (await fetch(window.location.pathname, { method: "HEAD", headers, cache: "no-store", signal })).ok;
  } catch {
    return false;
  }
}
