import { Anchor, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { Link } from "react-router";
import { counted } from "../shared/format-number.ts";
import { ElapsedTime } from "../shared/relative-time.tsx";
import { StatusBadge, ToneBadge } from "../shared/status-badge.tsx";
import type { Attention } from "./attention.ts";
import classes from "./attention-list.module.css";

const SHOWN = 8;

/** The failing webhooks, each with a way to it. */
export function AttentionList({
  items,
  webhooks,
}: {
  readonly items: readonly Attention[];
  readonly webhooks: number;
}) {
  return (
    <Paper component="section" className={classes["box"] ?? ""} aria-labelledby="attention">
      <Group justify="space-between" px="md" pt="sm" pb={items.length === 0 ? 0 : "xs"}>
        <Title order={2} id="attention">
          Needs attention
        </Title>
        {items.length > SHOWN && (
          <Anchor underline="hover" component={Link} to="/webhooks?status=failing">
            All failing webhooks
          </Anchor>
        )}
      </Group>
      {items.length === 0 ? (
        <Group gap="xs" px="md" pb="sm" c="var(--ph-good)" wrap="nowrap">
          <IconCircleCheck size={18} aria-hidden />
          <Text c="dimmed">
            {webhooks === 1 ? "The webhook delivers." : `None of the ${counted(webhooks, "webhook")} is failing.`}
          </Text>
        </Group>
      ) : (
        <ul className={classes["list"]}>
          {items.slice(0, SHOWN).map((item) => (
            <li key={item.id} className={classes["row"]}>
              <Badge kind={item.kind} />
              <Stack gap={0} miw={0}>
                <Anchor underline="hover" component={Link} to={`/webhooks/${item.id}`} fw={600} className="ph-break">
                  {item.name}
                </Anchor>
                <Text size="sm" c="dimmed" className="ph-break">
                  {item.detail}
                </Text>
              </Stack>
              <Text size="sm" className={classes["facts"] ?? ""}>
                {counted(item.backlogEvents, "event")} waiting
                {item.since !== null && (
                  <Text span c="dimmed" display="block" size="sm">
                    for <ElapsedTime since={item.since} />
                  </Text>
                )}
                {item.lostBatches > 0 && (
                  <Text span c="var(--ph-bad)" display="block" size="sm">
                    {counted(item.lostBatches, "batch", "batches")} lost
                  </Text>
                )}
              </Text>
            </li>
          ))}
        </ul>
      )}
    </Paper>
  );
}

function Badge({ kind }: Pick<Attention, "kind">) {
  switch (kind) {
    case "failing":
      return <StatusBadge status="failing" />;
    case "secrets":
      return <ToneBadge tone="bad">Secrets unreadable</ToneBadge>;
    case "switched-off":
      return <StatusBadge status="inactive" />;
  }
}
