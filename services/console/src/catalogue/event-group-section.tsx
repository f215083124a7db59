import { Accordion, Badge, Code, Group, Stack, Text, Title } from "@mantine/core";
import type { EventGroup, EventTypeDoc } from "./event-groups.ts";
import classes from "./event-group-section.module.css";
import { EventTypeDetails } from "./event-type-details.tsx";
import { matchingFields } from "./search-groups.ts";

export interface EventGroupSectionProps {
  readonly group: EventGroup;
  readonly query: string;
  /** Of all groups. */
  readonly opened: readonly string[];
  readonly onOpenedChange: (opened: readonly string[]) => void;
}

export function EventGroupSection({ group, query, opened, onOpenedChange }: EventGroupSectionProps) {
  const own = new Set(group.types.map(({ type }) => type));
  const headingId = `group-${group.className}`;
  return (
    <section aria-labelledby={headingId}>
      <Group gap="xs" align="baseline">
        <Title order={2} id={headingId}>
          {group.title}
        </Title>
        <Code>{group.className}</Code>
      </Group>
      <Text c="dimmed" mb="sm">
        {group.description}
      </Text>
      <Accordion
        multiple
        variant="separated"
        order={3}
        keepMounted={false}
        transitionDuration={0}
        value={opened.filter((type) => own.has(type))}
        onChange={(now) => onOpenedChange([...opened.filter((type) => !own.has(type)), ...now])}
      >
        {group.types.map((type) => (
          <Accordion.Item key={type.type} value={type.type} id={type.type} className={classes["item"] ?? ""}>
            <Accordion.Control>
              <TypeHead type={type} query={query} />
            </Accordion.Control>
            <Accordion.Panel>
              <EventTypeDetails type={type} query={query} />
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </section>
  );
}

function TypeHead({ type, query }: { readonly type: EventTypeDoc; readonly query: string }) {
  const fields = matchingFields(type.fields, query);
  return (
    <Stack gap={2} miw={0}>
      <Group gap="xs">
        <Text fw={600} component="span">
          {type.title}
        </Text>
        <Code>{type.type}</Code>
        {!type.onPremises && (
          <Badge variant="default" size="sm" tt="none" fw={500}>
            not from an on-premises Momentum
          </Badge>
        )}
      </Group>
      <Text c="dimmed" size="sm" component="span">
        {type.description}
      </Text>
      {fields.length > 0 && (
        <Text size="xs" c="dimmed" component="span" className="ph-break">
          Found in: {fieldNames(fields)}
        </Text>
      )}
    </Stack>
  );
}

const NAMED_MAX = 6;

function fieldNames(fields: EventTypeDoc["fields"]): string {
  const names = fields.slice(0, NAMED_MAX).map(({ name }) => name);
  const more = fields.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
