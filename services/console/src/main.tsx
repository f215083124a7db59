import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./theme/global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { setNonce } from "get-nonce";
import { MantineProvider } from "@mantine/core";
import { Notifications, notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "react-router/dom";
import { createApiClient } from "./api/api-client.ts";
import { ApiContext } from "./api/api-context.ts";
import { createQueryClient } from "./api/query-client.ts";
import { queryKeys } from "./api/query-keys.ts";
import { createRouter } from "./app/router.tsx";
import { followKey } from "./session/follow-key.ts";
import { mayRepeat } from "./session/may-repeat.ts";
import { hearOtherTabs } from "./session/other-tabs.ts";
import { sessionQuery } from "./session/session-queries.ts";
import { followClock } from "./shared/ticking-clock.ts";
import { cssVariablesResolver, theme } from "./theme/theme.ts";
import type { SessionView } from "@posthorn/api/views";

// The policy of the page allows only style elements that carry the nonce, and browsers hide it from selectors.
const nonce = document.querySelector("script")?.nonce ?? "";
// For the lock on scrolling behind dialogs, which Mantine takes from a library.
setNonce(nonce);

const queryClient = createQueryClient();
const api = createApiClient({
  session: () => queryClient.getQueryData<SessionView | null>(queryKeys.session),
  renewSession: async (sentUnder) => {
    const renewed = await queryClient.fetchQuery({ ...sessionQuery(api), staleTime: 0 });
    return mayRepeat(sentUnder, renewed) ? renewed : null;
  },
  onSignedOut: () => queryClient.setQueryData(queryKeys.session, null),
  onTime: followClock,
});
followKey(queryClient, ({ label }) =>
  notifications.show({
    title: "Signed in with another key",
    message: `Somebody did so in another tab. This page shows what ${label ?? "the operator's key"} may see; look whether what you did last was done.`,
    autoClose: 10_000,
  }),
);
hearOtherTabs(() => void queryClient.invalidateQueries({ queryKey: queryKeys.session }));

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
