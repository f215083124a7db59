import { Button } from "@mantine/core";
import { IconMapPinOff } from "@tabler/icons-react";
import { Link } from "react-router";
import { EmptyState } from "../shared/empty-state.tsx";
import { PageHeader } from "../shared/page-header.tsx";

export function NotFoundPage() {
  return (
    <>
      <PageHeader title="Not found" />
      <EmptyState
        title="There is no such page"
        icon={<IconMapPinOff />}
        actions={
          <Button component={Link} to="/">
            To the overview
          </Button>
        }
      >
        The address may be mistyped, or belong to another version of Posthorn.
      </EmptyState>
    </>
  );
}
