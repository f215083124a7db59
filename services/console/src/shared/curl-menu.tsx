import { useState } from "react";
import { Button, NativeSelect, Popover, Stack } from "@mantine/core";
import { IconTerminal2 } from "@tabler/icons-react";
import { CurlText } from "./curl-button.tsx";
import type { CurlButtonProps } from "./curl-button.tsx";

export interface CurlMenuProps {
  /** What can be done here; the first is shown first. */
  readonly commands: readonly [CurlButtonProps, ...CurlButtonProps[]];
  /** What the commands are about, e.g. "this webhook". */
  readonly about: string;
}

/** How a program does everything that can be done in this place. */
export function CurlMenu({ commands, about }: CurlMenuProps) {
  const [chosen, setChosen] = useState(commands[0].label);
  const command = commands.find(({ label }) => label === chosen) ?? commands[0];
  return (
    <Popover width="min(560px, 92vw)" position="bottom-end" shadow="md" trapFocus returnFocus withinPortal>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconTerminal2 size={16} aria-hidden />}
          aria-label={`curl commands for ${about}`}
        >
          curl
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <NativeSelect
            label="Action"
            value={command.label}
            onChange={(event) => setChosen(event.currentTarget.value)}
            data={commands.map(({ label }) => label)}
          />
          <CurlText {...command} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
