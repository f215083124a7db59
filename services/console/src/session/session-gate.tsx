import { Fragment, useState } from "react";
import type { ReactNode } from "react";
import { Center, Container } from "@mantine/core";
import type { SessionView } from "@posthorn/api/views";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { LateLoader } from "../shared/late-loader.tsx";
import { SessionContext } from "./session-context.ts";
import { useSessionQuery } from "./session-queries.ts";
import { SignInAgain, SignInPage } from "./sign-in.tsx";

/**
 * Shows what is below it to who is signed in, and else the sign-in, under whatever address was asked for. When a session
 * ends in the middle of something, that stays on the page behind a dialog, and the same key goes on with it.
 */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const { data, error, isPending, refetch } = useSessionQuery();
  const [last, setLast] = useState<SessionView | null>(null);
  if (data !== undefined && data !== null && data !== last) setLast(data);

  const session = data ?? last;
  if (session !== null) {
    return (
      <SessionContext value={{ session, isEnded: data === null }}>
        <Fragment key={session.key}>{children}</Fragment>
        {data === null && <SignInAgain />}
      </SessionContext>
    );
  }
  if (isPending) {
    return (
      <Center mih="100vh">
        <LateLoader label="Posthorn is loading" />
      </Center>
    );
  }
  if (data === undefined) {
    return (
      <Container component="main" size="xs" py="xl">
        <h1>Posthorn</h1>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </Container>
    );
  }
  return <SignInPage />;
}
