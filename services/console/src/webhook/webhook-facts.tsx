import { Group, Paper, Text, Title } from "@mantine/core";
import type { WebhookStatsView, WebhookView } from "@posthorn/api/views";
import { useEventTypeCount } from "../catalogue/catalogue-queries.ts";
import { CopyButton } from "../shared/copy-button.tsx";
import { eventWords } from "../shared/event-words.ts";
import { Fact, FactList } from "../shared/fact-list.tsx";
import { count } from "../shared/format-number.ts";
import { authenticationWords, signingWords, subaccountWords } from "./fact-words.ts";
import classes from "./webhook-facts.module.css";

export interface WebhookFactsProps {
  readonly webhook: WebhookView;
  readonly stats: WebhookStatsView | undefined;
}

/** How it is set up, and what it has done so far. */
export function WebhookFacts({ webhook, stats }: WebhookFactsProps) {
  const eventTypes = useEventTypeCount();
  const headers = Object.keys(webhook.custom_headers);
  return (
    <div className={classes["pair"]}>
      <Paper component="section" className={classes["box"] ?? ""} p="md" aria-labelledby="configuration">
        <Title order={2} id="configuration" mb="sm">
          Configuration
        </Title>
        <FactList>
          <Fact label="Event types">
            {eventWords(webhook.events, eventTypes)}
            {webhook.events.length > 2 && (
              <details className={classes["types"]}>
                <summary>Show them</summary>
                {webhook.events.join(", ")}
              </details>
            )}
          </Fact>
          <Fact label="Authentication">{authenticationWords(webhook)}</Fact>
          <Fact label="Events of">{subaccountWords(webhook)}</Fact>
          <Fact label="Signing">{signingWords(webhook.signing)}</Fact>
          <Fact label="Custom headers">{headers.length === 0 ? "none" : headers.join(", ")}</Fact>
          <Fact label="Attempts at the same time">
            {webhook.concurrency === null ? "as configured for all" : count(webhook.concurrency)}
          </Fact>
          <Fact label="Attempts per minute">
            {webhook.rate_limit === null ? "unlimited" : `${count(webhook.rate_limit)} at most`}
          </Fact>
          <Fact label="Certificate authority">{webhook.tls_ca === null ? "the usual ones" : "its own"}</Fact>
          <Fact label="Id" isLong>
            <Group gap={4} wrap="nowrap">
              <Text span ff="monospace" size="sm" className="ph-break">
                {webhook.id}
              </Text>
              <CopyButton text={webhook.id} label="Copy the id" />
            </Group>
          </Fact>
        </FactList>
      </Paper>
      <Paper component="section" className={classes["box"] ?? ""} p="md" aria-labelledby="so-far">
        <Title order={2} id="so-far" mb="sm">
          Since it was created
        </Title>
        <FactList isShort>
          <Fact label="Batches delivered">{counter(stats?.delivered_batches)}</Fact>
          <Fact label="Events delivered">{counter(stats?.delivered_events)}</Fact>
          <Fact label="Failed attempts">{counter(stats?.failed_attempts)}</Fact>
          <Fact label="Batches expired">{counter(stats?.expired_batches)}</Fact>
          <Fact label="Batches overflowed">{counter(stats?.overflowed_batches)}</Fact>
          <Fact label="Batches discarded">{counter(stats?.discarded_batches)}</Fact>
        </FactList>
      </Paper>
    </div>
  );
}

function counter(value: number | undefined): string {
  return value === undefined ? "–" : count(value);
}
