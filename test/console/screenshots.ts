import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/chromium.ts";
import { signIn } from "./sign-in.ts";
import { startScene } from "./scene.ts";
import type { Scene } from "./scene.ts";

const HELP = `npm run screenshots -- [--folder .posthorn/screenshots] [--only <page>]

Starts an installation with webhooks in every state and takes pictures of each page of the console, light and dark, on a
desktop and on a phone.`;

const VIEWPORTS = { desktop: { width: 1_280, height: 900 }, phone: { width: 390, height: 844 } } as const;
const SCHEMES = ["light", "dark"] as const;

const { values } = parseArgs({
  options: {
    folder: { type: "string", default: ".posthorn/screenshots" },
    only: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

interface Shot {
  readonly name: string;
  readonly path: string;
  /** What to do on the page before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>;
}

function shotsOf({ healthy, failing }: Scene): readonly Shot[] {
  return [
    { name: "overview", path: "/" },
    { name: "webhooks", path: "/webhooks" },
    { name: "webhook-healthy", path: `/webhooks/${healthy}` },
    { name: "webhook-failing", path: `/webhooks/${failing}` },
    {
      name: "batch",
      path: `/webhooks/${failing}`,
      act: (page) =>
        page
          .getByRole("button", { name: /attempts/i })
          .first()
          .click(),
    },
    {
      name: "delete",
      path: `/webhooks/${failing}`,
      act: async (page) => {
        await page
          .getByRole("button", { name: "More actions" })
          .or(page.getByRole("button", { name: "Delete" }))
          .first()
          .click();
      },
    },
    { name: "create", path: "/webhooks/new" },
    { name: "edit", path: `/webhooks/${healthy}/edit` },
    { name: "test", path: `/webhooks/${healthy}/test` },
    { name: "api-keys", path: "/api-keys" },
    { name: "catalogue", path: "/catalogue" },
    { name: "not-found", path: "/nothing" },
  ];
}

const scene = await startScene();
const browser = await launchChromium();
try {
  await rm(values.folder, { recursive: true, force: true });
  await mkdir(values.folder, { recursive: true });
  for (const [device, viewport] of Object.entries(VIEWPORTS)) {
    for (const colorScheme of SCHEMES) await takeAll(browser, { device, viewport, colorScheme });
  }
} finally {
  await browser.close();
  await scene.stop();
}
process.exit(0);

async function takeAll(
  open: Browser,
  {
    device,
    viewport,
    colorScheme,
  }: {
    readonly device: string;
    readonly viewport: { readonly width: number; readonly height: number };
    readonly colorScheme: (typeof SCHEMES)[number];
  },
): Promise<void> {
  const context = await open.newContext({ viewport, colorScheme, deviceScaleFactor: 1, baseURL: scene.stack.url });
  const page = await context.newPage();
  const take = async (name: string): Promise<void> => {
    const file = join(values.folder, `${name}-${device}-${colorScheme}.png`);
    await page.screenshot({ path: file, fullPage: true });
    console.log(file);
  };
  await page.goto("/");
  await page.getByLabel("API key").waitFor();
  await take("sign-in");
  await signIn(page, scene.stack.apiKey);
  for (const { name, path, act } of shotsOf(scene)) {
    if (values.only !== undefined && values.only !== name) continue;
    await page.goto(path);
    await page.getByRole("main").getByRole("heading").first().waitFor();
    await page.waitForLoadState("networkidle", { timeout: 3_000 }).catch(() => undefined);
    await act?.(page);
    await page.waitForTimeout(500);
    await take(name);
  }
  await context.close();
}
