import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** What a page complains about while it is looked at. */
export interface PageWatch {
  /** Errors of scripts, refusals by the content security policy, requests that failed or left the console's own host. */
  readonly complaints: string[];
}

/** The page asks who is signed in, and the answer is that nobody is. */
const EXPECTED = /status of 401/;

export function watchPage(page: Page, origin: string): PageWatch {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !EXPECTED.test(message.text())) complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith("data:")) complaints.push(`foreign: ${url}`);
  });
  return { complaints };
}

/** What axe finds that a person with a screen reader or weak eyes would stumble over, in words. */
export async function axeFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`),
    );
}

/** How much wider the page is than its window, in pixels. */
export async function overflowOf(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}
