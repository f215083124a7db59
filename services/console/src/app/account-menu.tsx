import { Button, Popover, Stack, Text, UnstyledButton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconLogout, IconSelector, IconUserCircle } from "@tabler/icons-react";
import type { SessionView } from "@posthorn/api/views";
import { problemsOf } from "../api/api-error.ts";
import { useSession } from "../session/session-context.ts";
import { useSignOut } from "../session/session-queries.ts";
import classes from "./account-menu.module.css";

/** Who is signed in, and the way out. */
export function AccountMenu() {
  const { session } = useSession();
  const signOut = useSignOut();
  const name = session.label ?? "Operator's key";
  const leave = (): void =>
    signOut.mutate(undefined, {
      onError: (error) => notifications.show({ color: "red", message: problemsOf(error)[0]?.message }),
    });
  return (
    <Popover position="top-start" width="target" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={classes["button"] ?? ""} aria-label={`Signed in with ${name}`}>
          <IconUserCircle size={20} stroke={1.7} aria-hidden />
          <span className={classes["name"]}>
            <span className="ph-truncate">{name}</span>
            <Text component="span" size="xs" c="dimmed" className="ph-truncate">
              {session.subaccount_id === null ? grantWords(session.grants) : subaccountWords(session)}
            </Text>
          </span>
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text size="sm">
            Grants: {session.grants.join(", ")}
            {session.subaccount_id !== null && `; bound to ${subaccountWords(session)}`}
          </Text>
          <Text size="xs" c="dimmed">
            Posthorn {session.version}
          </Text>
          <Button
            variant="default"
            leftSection={<IconLogout size={16} aria-hidden />}
            onClick={leave}
            loading={signOut.isPending}
          >
            Sign out
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function grantWords(grants: readonly string[]): string {
  if (grants.includes("admin")) return "may do everything";
  if (grants.includes("webhooks/modify")) return "may change webhooks";
  return grants.includes("webhooks/view") ? "may only look" : "may only send events";
}

function subaccountWords({ subaccount_id: id }: Pick<SessionView, "subaccount_id">): string {
  return id === 0 ? "the primary account" : `subaccount ${id}`;
}
