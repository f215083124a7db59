import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./theme/global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { setNonce } from "get-nonce";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "react-router/dom";
import { createApiClient } from "./api/api-client.ts";
import { ApiContext } from "./api/api-context.ts";
import { createQueryClient } from "./api/query-client.ts";
import { queryKeys } from "./api/query-keys.ts";
import { createRouter } from "./app/router.tsx";
import { followClock } from "./shared/ticking-clock.ts";
import { cssVariablesResolver, theme } from "./theme/theme.ts";
import type { SessionView } from "@posthorn/api/views";

// The policy of the page allows only style elements that carry the nonce, and browsers hide it from selectors.
const nonce = document.querySelector("script")?.nonce ?? "";
// For the lock on scrolling behind dialogs, which Mantine takes from a library.
setNonce(nonce);

const queryClient = createQueryClient();
const api = createApiClient({
  csrfToken: () => queryClient.getQueryData<SessionView | null>(queryKeys.session)?.csrf_token ?? null,
  onSignedOut: () => queryClient.setQueryData(queryKeys.session, null),
  onTime: followClock,
});

const root = document.querySelector("#root");
if (root === null) throw new Error("index.html has no element with the id root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
      deduplicateInlineStyles
    >
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>
        <ApiContext value={api}>
          <RouterProvider router={createRouter()} />
        </ApiContext>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
