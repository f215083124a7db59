import { AppShell, Burger, Group, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, ScrollRestoration } from "react-router";
import { Brand } from "../shared/brand.tsx";
import { useNarrow } from "../shared/use-narrow.ts";
import { AccountMenu } from "./account-menu.tsx";
import { NavLinks } from "./nav-links.tsx";
import classes from "./shell.module.css";
import { ThemeSwitch } from "./theme-switch.tsx";

/** What is around every page: beside it on a wide screen, behind a button on a narrow one. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const isAway = useNarrow() && !isOpen;
  return (
    <AppShell
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: 228, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
    >
      <a href="#main" className={classes["skip"]}>
        Skip to the content
      </a>
      <AppShell.Header className={classes["surface"] ?? ""} hiddenFrom="sm">
        <Group h="100%" px="md" justify="space-between">
          <Brand />
          <Burger
            opened={isOpen}
            onClick={toggle}
            size="sm"
            aria-label={isOpen ? "Close the navigation" : "Open the navigation"}
            aria-expanded={isOpen}
            aria-controls="navigation"
          />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar id="navigation" className={classes["surface"] ?? ""} p="sm" aria-label="Pages" inert={isAway}>
        <Stack h="100%" gap="md">
          <Group visibleFrom="sm" px="xs" pt="xs">
            <Brand />
          </Group>
          <NavLinks onGo={close} />
          <Stack gap="sm" mt="auto">
            <ThemeSwitch />
            <AccountMenu />
          </Stack>
        </Stack>
      </AppShell.Navbar>
      <ScrollRestoration />
      <AppShell.Main id="main" tabIndex={-1} className={classes["main"] ?? ""}>
        <div className={classes["page"]}>
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}
