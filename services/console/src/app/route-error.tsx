import { Button, Container, Group } from "@mantine/core";
import { useRouteError } from "react-router";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { PageHeader } from "../shared/page-header.tsx";
import { PageAway } from "./page-away.tsx";
import { PageLoadError } from "./page-load-error.ts";

/** In place of a page that could not be loaded, or that failed. */
export function PageError() {
  const error = useRouteError();
  if (error instanceof PageLoadError) return <PageAway error={error} />;
  return (
    <>
      <PageHeader title="This page failed" />
      <ErrorNotice error={error} />
      <Group>
        <Button onClick={() => window.location.reload()}>Load it again</Button>
      </Group>
    </>
  );
}

/** The same where not even what is around a page could be shown. */
export function RouteError() {
  return (
    <Container component="main" size="sm" py="xl">
      <PageError />
    </Container>
  );
}
