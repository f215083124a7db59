import type { ReactNode } from "react";
import { Code } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import type { Grant } from "@posthorn/api/views";
import { EmptyState } from "./empty-state.tsx";

export interface NotAllowedProps {
  readonly grant: Grant;
  /** What needs it, e.g. "API keys are made". */
  readonly children: ReactNode;
}

/** In place of a page that somebody went to by its address, whose key does not allow it. */
export function NotAllowed({ grant, children }: NotAllowedProps) {
  return (
    <EmptyState title="Your API key does not allow this" icon={<IconLock />}>
      {children} with the grant <Code>{grant}</Code>. Sign in with a key that has it, or ask who administers this
      Posthorn for one.
    </EmptyState>
  );
}
