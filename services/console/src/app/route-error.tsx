import { Button, Container, Stack } from "@mantine/core";
import { isRouteErrorResponse, useRouteError } from "react-router";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { NotFoundPage } from "./not-found-page.tsx";

/** In place of a page that could not be loaded, as after an update of Posthorn, or that failed. */
export function RouteError() {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFoundPage />;
  return (
    <Container component="main" size="xs" py="xl">
      <Stack align="flex-start">
        <h1>This page failed</h1>
        <ErrorNotice error={error} />
        <Button onClick={() => window.location.reload()}>Load it again</Button>
      </Stack>
    </Container>
  );
}
