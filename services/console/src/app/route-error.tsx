import { Button, Container, Group } from "@mantine/core";
import { useRouteError } from "react-router";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { PageHeader } from "../shared/page-header.tsx";

/** In place of a page that could not be loaded, as after an update of Posthorn, or that failed. */
export function PageError() {
  const error = useRouteError();
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
