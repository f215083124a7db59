import { useEffect, useRef } from "react";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useBlocker } from "react-router";

/** Asks before a changed form is left, in the page or by closing it. `allow` lets one leave after it was saved. */
export function useLeaveWarning(isDirty: boolean) {
  const isAllowed = useRef(false);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      isDirty && !isAllowed.current && currentLocation.pathname !== nextLocation.pathname,
  );

  useEffect(() => {
    if (!isDirty) return undefined;
    const warn = (event: BeforeUnloadEvent): void => {
      if (!isAllowed.current) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isDirty]);

  const stay = (): void => blocker.reset?.();
  const dialog = (
    <Modal opened={blocker.state === "blocked"} onClose={stay} title="Leave without saving?">
      <Stack gap="md">
        <Text>What you have changed in this form is not saved, and will be lost.</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={stay} data-autofocus>
            Stay here
          </Button>
          <Button color="red.8" onClick={() => blocker.proceed?.()}>
            Leave
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
  return {
    dialog,
    allow: (): void => {
      isAllowed.current = true;
    },
  };
}
