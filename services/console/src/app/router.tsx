import { createBrowserRouter } from "react-router";
import type { RouteObject } from "react-router";
import { SessionGate } from "../session/session-gate.tsx";
import { lazyPage } from "./lazy-page.ts";
import { NotFoundPage } from "./not-found-page.tsx";
import { PageError, RouteError } from "./route-error.tsx";
import { Shell } from "./shell.tsx";
import { ViewersOnly } from "./viewers-only.tsx";

const PAGES: RouteObject[] = [
  {
    element: <ViewersOnly />,
    children: [
      {
        index: true,
        lazy: lazyPage(async () => (await import("../overview/overview-page.tsx")).OverviewPage),
      },
      {
        path: "webhooks",
        lazy: lazyPage(async () => (await import("../webhooks-list/webhooks-page.tsx")).WebhooksPage),
      },
      {
        path: "webhooks/:id",
        lazy: lazyPage(async () => (await import("../webhook/webhook-page.tsx")).WebhookPage),
      },
    ],
  },
  {
    path: "webhooks/new",
    lazy: lazyPage(async () => (await import("../webhook-form/create-page.tsx")).CreatePage),
  },
  {
    path: "webhooks/:id/edit",
    lazy: lazyPage(async () => (await import("../webhook-form/edit-page.tsx")).EditPage),
  },
  {
    path: "webhooks/:id/test",
    lazy: lazyPage(async () => (await import("../webhook-test/test-page.tsx")).TestPage),
  },
  {
    path: "api-keys",
    lazy: lazyPage(async () => (await import("../api-keys/api-keys-page.tsx")).ApiKeysPage),
  },
  {
    path: "catalogue",
    lazy: lazyPage(async () => (await import("../catalogue/catalogue-page.tsx")).CataloguePage),
  },
  { path: "*", element: <NotFoundPage /> },
];

/** Every page is a chunk of its own, fetched when somebody goes there. */
export function createRouter() {
  return createBrowserRouter([
    {
      element: (
        <SessionGate>
          <Shell />
        </SessionGate>
      ),
      errorElement: <RouteError />,
      hydrateFallbackElement: <></>,
      // A page that fails leaves the way to the others.
      children: [{ errorElement: <PageError />, children: PAGES }],
    },
  ]);
}
