import type { FormEvent } from "react";
import { Button, Group, MultiSelect, Paper, Stack, Text, Textarea, Title } from "@mantine/core";
import { IconSend2 } from "@tabler/icons-react";
import type { WebhookView } from "@posthorn/api/views";
import { webhookPath } from "../api/webhook-queries.ts";
import type { EventGroup } from "../catalogue/event-groups.ts";
import { CurlButton } from "../shared/curl-button.tsx";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { counted } from "../shared/format-number.ts";
import { MONO_INPUT } from "../shared/mono-input.ts";
import type { TypedMessage } from "./message-text.ts";

export interface MessageEditorProps {
  readonly webhook: WebhookView;
  readonly groups: readonly EventGroup[];
  readonly types: readonly string[];
  readonly onTypesChange: (types: string[]) => void;
  readonly text: string;
  readonly onTextChange: (text: string) => void;
  /** Puts the samples back in the place of what was typed; absent when nothing was. */
  readonly onReset: (() => void) | undefined;
  readonly typed: TypedMessage;
  readonly samplesError: unknown;
  readonly isWaiting: boolean;
  readonly isSending: boolean;
  readonly onSend: (message: object) => void;
}

/** What is to be sent: samples of the chosen types, which may be changed by hand. */
export function MessageEditor(props: MessageEditorProps) {
  const { webhook, groups, types, text, typed, isWaiting, isSending, onReset } = props;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (typed.kind === "ok") props.onSend(typed.message);
  };
  return (
    <Paper component="section" aria-labelledby="message-heading" p="md" miw={0}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Title order={2} id="message-heading">
            Message
          </Title>
          <MultiSelect
            label="Event types"
            description="A sample of each is sent. Without any, it is the empty event that a new target gets."
            placeholder={types.length === 0 ? "Choose event types" : ""}
            data={groups.map((group) => ({
              group: group.title,
              items: group.types.map(({ type, title }) => ({
                value: type,
                label: webhook.events.includes(type) ? title : `${title} (not subscribed)`,
              })),
            }))}
            value={[...types]}
            onChange={props.onTypesChange}
            searchable
            clearable
            clearButtonProps={{ "aria-label": "Choose no event types" }}
            nothingFoundMessage="No event type is like that"
            // The list itself scrolls: the library's own scroll area is none that a keyboard reaches.
            withScrollArea={false}
            styles={{ options: { maxHeight: 320, overflowY: "auto" } }}
          />
          {props.samplesError !== null && (
            <ErrorNotice error={props.samplesError} title="The samples could not be loaded" />
          )}
          <Textarea
            label="Message as JSON"
            description="An event, or a list of events. It goes to the target as it stands here."
            value={text}
            onChange={(event) => props.onTextChange(event.currentTarget.value)}
            error={typed.kind === "bad" ? typed.why : undefined}
            disabled={isWaiting}
            autosize
            minRows={12}
            maxRows={24}
            spellCheck={false}
            styles={MONO_INPUT}
          />
          {onReset !== undefined && (
            <Group gap="xs">
              <Text size="sm" c="dimmed">
                Changed by hand.
              </Text>
              <Button variant="subtle" size="xs" onClick={onReset}>
                {types.length === 0 ? "Put the empty event back" : "Put the samples back"}
              </Button>
            </Group>
          )}
          <Group justify="flex-end" gap="sm">
            {typed.kind === "ok" && (
              <>
                <Text size="sm" c="dimmed" mr="auto">
                  {Array.isArray(typed.message) ? counted(typed.message.length, "event") : "1 event"}
                </Text>
                <CurlButton
                  call={{
                    method: "POST",
                    path: webhookPath(webhook.id, "/validate"),
                    body: { message: typed.message },
                  }}
                  label="Send this message"
                />
              </>
            )}
            <Button
              type="submit"
              leftSection={<IconSend2 size={16} aria-hidden />}
              loading={isSending}
              disabled={typed.kind === "bad" || isWaiting}
            >
              Send to the target
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
