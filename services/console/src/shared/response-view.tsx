import { Stack, Text } from "@mantine/core";
import type { Problem } from "@posthorn/api/views";
import { CodeBlock } from "./code-block.tsx";
import { prettyBody } from "./pretty-body.ts";
import { HeaderList } from "./request-preview.tsx";
import { ToneBadge } from "./status-badge.tsx";

export type TargetResponse = NonNullable<Problem["response"]>;

/** What a target answered. */
export function ResponseView({ response }: { readonly response: TargetResponse }) {
  const isSuccess = response.status >= 200 && response.status <= 299;
  return (
    <Stack gap="xs">
      <div>
        <ToneBadge tone={isSuccess ? "good" : "bad"}>
          {response.status} {isSuccess ? "accepted" : "not accepted"}
        </ToneBadge>
      </div>
      <HeaderList headers={Object.entries(response.headers)} />
      {response.body === "" ? (
        <Text c="dimmed">The answer has no body.</Text>
      ) : (
        <CodeBlock text={prettyBody(response.body)} label="answer's body" />
      )}
    </Stack>
  );
}
