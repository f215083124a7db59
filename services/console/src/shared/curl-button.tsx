import { Button, Popover, Stack, Text } from "@mantine/core";
import { IconTerminal2 } from "@tabler/icons-react";
import type { ApiCall } from "../api/api-client.ts";
import { curlCommand } from "../api/curl.ts";
import { CodeBlock } from "./code-block.tsx";

export interface CurlButtonProps {
  readonly call: Omit<ApiCall, "signal">;
  /** What the command does, e.g. "Pause this webhook". */
  readonly label: string;
}

/** Shows how a program does what the page does. */
export function CurlButton({ call, label }: CurlButtonProps) {
  return (
    <Popover width="min(560px, 92vw)" position="bottom-end" shadow="md" trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          leftSection={<IconTerminal2 size={16} aria-hidden />}
          aria-label={`curl: ${label}`}
        >
          curl
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <CurlText call={call} label={label} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** The same, in the page. */
export function CurlText({ call, label }: CurlButtonProps) {
  return (
    <Stack gap="xs">
      <Text fw={600}>{label}</Text>
      <CodeBlock text={curlCommand(call, window.location.origin)} label="command" />
      <Text c="dimmed" size="xs">
        Put an API key into POSTHORN_API_KEY first: export POSTHORN_API_KEY=ph_…
      </Text>
    </Stack>
  );
}
