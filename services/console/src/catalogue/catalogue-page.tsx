import { useMemo, useState } from "react";
import { Anchor, Button, Group, Skeleton, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconSearch, IconSearchOff } from "@tabler/icons-react";
import { CurlButton } from "../shared/curl-button.tsx";
import { EmptyState } from "../shared/empty-state.tsx";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { counted } from "../shared/format-number.ts";
import { PageHeader } from "../shared/page-header.tsx";
import { useEventGroups } from "./catalogue-queries.ts";
import classes from "./catalogue-page.module.css";
import { EventGroupSection } from "./event-group-section.tsx";
import { typesOf } from "./event-groups.ts";
import { searchGroups } from "./search-groups.ts";
import { useOpenTypes } from "./use-open-types.ts";

/** All event types with what they mean, what is in them, and a sample of each. */
export function CataloguePage() {
  const catalogue = useEventGroups();
  const [query, setQuery] = useState("");
  const [isOnPremises, setOnPremises] = useState(false);
  const groups = useMemo(() => {
    const found = searchGroups(catalogue.data ?? [], query, { inFields: true });
    if (!isOnPremises) return found;
    return found
      .map((group) => ({ ...group, types: group.types.filter((type) => type.onPremises) }))
      .filter(({ types }) => types.length > 0);
  }, [catalogue.data, query, isOnPremises]);
  const showAll = (): void => {
    setQuery("");
    setOnPremises(false);
  };
  const { opened, change, show } = useOpenTypes({ known: typesOf(catalogue.data ?? []), showAll });
  const found = typesOf(groups).length;

  return (
    <>
      <PageHeader
        title="Event catalogue"
        description="What a mail server reports, and what each event holds. A webhook gets the types that it subscribes to."
        actions={<CurlButton call={{ path: "/webhooks/events/documentation" }} label="Get this catalogue" />}
      />
      <Group gap="md" align="center">
        <TextInput
          type="search"
          className={classes["search"] ?? ""}
          aria-label="Search the catalogue"
          placeholder="Search types, fields, descriptions"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
        <Switch
          label="Only what an on-premises Momentum sends"
          checked={isOnPremises}
          onChange={(event) => setOnPremises(event.currentTarget.checked)}
        />
        <Text c="dimmed" size="sm" component="output">
          {catalogue.data === undefined ? "" : counted(found, "event type")}
        </Text>
      </Group>

      {catalogue.error !== null && (
        <ErrorNotice
          title="The catalogue could not be loaded"
          error={catalogue.error}
          onRetry={() => void catalogue.refetch()}
        />
      )}
      {catalogue.isPending && <Waiting />}
      {catalogue.data !== undefined && found === 0 && (
        <EmptyState
          title="No event type is like that"
          icon={<IconSearchOff size={24} />}
          actions={
            <Button variant="default" onClick={showAll}>
              Show all types
            </Button>
          }
        >
          Try one word of what happened, such as “bounce”, or the name of a field, such as “rcpt_to”.
        </EmptyState>
      )}
      {found > 0 && (
        <div className={classes["columns"]}>
          <nav aria-label="Event types" className={classes["contents"]}>
            {groups.map((group) => (
              <div key={group.className}>
                <Text size="xs" c="dimmed" fw={600} mb={4}>
                  {group.title}
                </Text>
                <ul className={classes["list"]}>
                  {group.types.map(({ type, title }) => (
                    <li key={type}>
                      <Anchor href={`#${type}`} size="sm" underline="hover" onClick={() => show(type)}>
                        {title}
                      </Anchor>
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          </nav>
          <Stack gap="xl" miw={0}>
            {groups.map((group) => (
              <EventGroupSection
                key={group.className}
                group={group}
                query={query}
                opened={opened}
                onOpenedChange={change}
              />
            ))}
          </Stack>
        </div>
      )}
    </>
  );
}

function Waiting() {
  return (
    <Stack gap="sm" aria-hidden>
      {Array.from({ length: 8 }, (_, row) => (
        <Skeleton key={row} height={56} />
      ))}
    </Stack>
  );
}
