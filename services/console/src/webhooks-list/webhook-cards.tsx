import { Paper } from "@mantine/core";
import { eventWords } from "../shared/event-words.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { RowMenu } from "./row-menu.tsx";
import { BacklogChart, EventsChart, NameAndTarget, Status } from "./row-parts.tsx";
import classes from "./webhook-cards.module.css";
import type { ListViewProps } from "./webhooks-page.tsx";

/** The list on a narrow screen. */
export function WebhookCards({ rows, series, eventTypes, canModify }: ListViewProps) {
  return (
    <ul className={classes["list"]}>
      {rows.map((row) => (
        <Paper component="li" key={row.webhook.id} className={classes["card"] ?? ""}>
          <div className={classes["head"]}>
            <NameAndTarget row={row} />
            {canModify && <RowMenu webhook={row.webhook} isPaused={row.stats?.paused ?? row.webhook.paused} />}
          </div>
          <Status row={row} />
          <dl className={classes["facts"]}>
            <div>
              <dt>Events for</dt>
              <dd>{eventWords(row.webhook.events, eventTypes)}</dd>
            </div>
            <div>
              <dt>Last success</dt>
              <dd>
                <RelativeTime at={row.stats?.last_success_at} />
              </dd>
            </div>
            <div>
              <dt>Last failure</dt>
              <dd>
                <RelativeTime at={row.stats?.last_failure_at} />
              </dd>
            </div>
            <div>
              <dt>Events / min</dt>
              <dd>
                <EventsChart series={series?.webhooks[row.webhook.id]} view={series} />
              </dd>
            </div>
            <div>
              <dt>Back-log, events</dt>
              <dd>
                <BacklogChart series={series?.webhooks[row.webhook.id]} row={row} />
              </dd>
            </div>
          </dl>
        </Paper>
      ))}
    </ul>
  );
}
