import { useState } from "react";
import { Button, Checkbox, Group, Input, Radio, Stack, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { strangersIn, typesOf, withChoice } from "../catalogue/event-groups.ts";
import type { EventGroup } from "../catalogue/event-groups.ts";
import { searchGroups } from "../catalogue/search-groups.ts";
import { counted } from "../shared/format-number.ts";
import { EventGroupChoice } from "./event-group-choice.tsx";
import { fieldId } from "./form-part.ts";
import type { FormPart } from "./form-part.ts";
import { FormSection } from "./form-section.tsx";

export interface EventsSectionProps {
  readonly part: FormPart;
  readonly groups: readonly EventGroup[];
}

export function EventsSection({ part, groups }: EventsSectionProps) {
  const { values, set, problemAt } = part;
  const known = typesOf(groups);
  return (
    <FormSection title="Events" description="Which events are sent to the target.">
      <Radio.Group
        id={fieldId("eventChoice")}
        aria-label="Which events"
        value={values.eventChoice}
        onChange={(choice) => set("eventChoice", choice)}
        error={problemAt("eventChoice")}
      >
        <Stack gap="xs">
          <Radio
            value="every"
            label="Send all event types"
            description={`All ${known.length} that the catalogue has now. Types that are added to it later are not among them.`}
          />
          <Radio value="chosen" label="Let me choose event types" />
        </Stack>
      </Radio.Group>
      {values.eventChoice === "chosen" && <Choice part={part} groups={groups} />}
    </FormSection>
  );
}

function Choice({ part: { values, set, problemAt }, groups }: EventsSectionProps) {
  const [query, setQuery] = useState("");
  const shown = searchGroups(groups, query, { inFields: false });
  const strangers = strangersIn(values.events, groups);
  const chosen = new Set(values.events);
  const choose = (types: readonly string[], isChosen: boolean): void =>
    set("events", withChoice(values.events, types, isChosen));

  return (
    <Stack gap="md" id={fieldId("events")}>
      <Group gap="sm" align="center">
        <TextInput
          type="search"
          aria-label="Search event types"
          placeholder="Search event types"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          flex="1 1 12rem"
        />
        <Text size="sm" c="dimmed" component="output">
          {counted(values.events.length, "type")} chosen
        </Text>
        {values.events.length > 0 && (
          <Button variant="subtle" size="xs" onClick={() => set("events", [])}>
            Choose none
          </Button>
        )}
      </Group>
      {problemAt("events") !== undefined && <Input.Error role="alert">{problemAt("events")}</Input.Error>}
      {shown.map((group) => (
        <EventGroupChoice key={group.className} group={group} chosen={chosen} onChoose={choose} />
      ))}
      {shown.length === 0 && <Text c="dimmed">No event type is like that. Search for something else.</Text>}
      {strangers.length > 0 && (
        <Stack gap={6}>
          <Text size="sm">Types that the catalogue no longer has; they are sent no more:</Text>
          {strangers.map((type) => (
            <Checkbox key={type} label={type} checked onChange={() => choose([type], false)} />
          ))}
        </Stack>
      )}
    </Stack>
  );
}
