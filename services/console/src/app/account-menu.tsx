import { Menu, Text, UnstyledButton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconLogout, IconSelector, IconUserCircle } from "@tabler/icons-react";
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
    <Menu position="top-start" width="target" shadow="md">
      <Menu.Target>
        <UnstyledButton className={classes["button"] ?? ""} aria-label={`Signed in with ${name}`}>
          <IconUserCircle size={20} stroke={1.7} aria-hidden />
          <span className={classes["name"]}>
            <span className="ph-truncate">{name}</span>
            <Text component="span" size="xs" c="dimmed" className="ph-truncate">
              {session.subaccount_id === null ? grantWords(session.grants) : `Subaccount ${session.subaccount_id}`}
            </Text>
          </span>
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Grants: {session.grants.join(", ")}</Menu.Label>
        <Menu.Label>Posthorn {session.version}</Menu.Label>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={leave}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function grantWords(grants: readonly string[]): string {
  if (grants.includes("admin")) return "may do everything";
  return grants.includes("webhooks/modify") ? "may change webhooks" : "may only look";
}
