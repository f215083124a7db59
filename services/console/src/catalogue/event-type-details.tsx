import { Code, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { CodeBlock } from "../shared/code-block.tsx";
import { CurlButton } from "../shared/curl-button.tsx";
import { ErrorNotice } from "../shared/error-notice.tsx";
import { counted } from "../shared/format-number.ts";
import { useSamples } from "./catalogue-queries.ts";
import type { EventFieldDoc, EventTypeDoc } from "./event-groups.ts";
import classes from "./event-type-details.module.css";
import { matchingFields } from "./search-groups.ts";

/** A sample of the type, and all of its fields. */
export function EventTypeDetails({ type, query }: { readonly type: EventTypeDoc; readonly query: string }) {
  const found = new Set(matchingFields(type.fields, query));
  return (
    <div className={classes["columns"]}>
      <Stack gap="xs" miw={0}>
        <Title order={4} size="h3">
          {counted(type.fields.length, "field")}
        </Title>
        <Text c="dimmed" size="sm">
          An event leaves out what has no value.
        </Text>
        <dl className={classes["fields"]}>
          {type.fields.map((field) => (
            <Field key={field.name} field={field} isFound={found.has(field)} />
          ))}
        </dl>
      </Stack>
      <Sample type={type.type} />
    </div>
  );
}

function Field({ field, isFound }: { readonly field: EventFieldDoc; readonly isFound: boolean }) {
  return (
    <div className={classes["field"]} data-found={isFound || undefined}>
      <dt>
        <Code>{field.name}</Code>
      </dt>
      <dd className={classes["example"]}>{showSample(field.sample)}</dd>
      <dd className={classes["meaning"]}>{field.description}</dd>
    </div>
  );
}

function showSample(sample: unknown): string {
  return typeof sample === "string" ? sample : JSON.stringify(sample);
}

function Sample({ type }: { readonly type: string }) {
  const sample = useSamples([type]);
  const [event] = sample.data ?? [];
  return (
    <Stack gap="xs" miw={0} className={classes["sample"] ?? ""}>
      <Group justify="space-between">
        <Title order={4} size="h3">
          Sample
        </Title>
        <CurlButton
          call={{ path: "/webhooks/events/samples", query: { events: type } }}
          label={`Get a sample of ${type}`}
        />
      </Group>
      {sample.error !== null && <ErrorNotice error={sample.error} onRetry={() => void sample.refetch()} />}
      {sample.isPending && <Skeleton height={320} />}
      {event !== undefined && (
        <CodeBlock text={JSON.stringify(event, null, 2)} label={`sample of ${type}`} maxHeight={520} />
      )}
    </Stack>
  );
}
