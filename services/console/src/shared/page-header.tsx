import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { Group, Stack, Text, Title } from "@mantine/core";
import { useLocation } from "react-router";

export interface PageHeaderProps {
  readonly title: string;
  readonly description?: ReactNode;
  /** Beside the title, such as a status. */
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  /** Above the title, such as the way back. */
  readonly above?: ReactNode;
}

/** The head of a page. After a change of page the focus goes to its title, which tells screen readers where they are. */
export function PageHeader({ title, description, beside, actions, above }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // So the router calls the address that the browser began with, where the focus is the browser's.
  const isFirst = useRef(useLocation().key === "default");
  useEffect(() => {
    if (!isFirst.current) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header>
      <title>{`${title} · Posthorn`}</title>
      {above}
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={2} miw={0} flex="1 1 16rem">
          <Group gap="sm">
            <Title order={1} ref={heading} tabIndex={-1} className="ph-break">
              {title}
            </Title>
            {beside}
          </Group>
          {description !== undefined && (
            <Text c="dimmed" component="div" className="ph-break">
              {description}
            </Text>
          )}
        </Stack>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
    </header>
  );
}
