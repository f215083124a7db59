import { Button, Code, Group, Paper, Stack, Table, Text } from "@mantine/core";
import type { ApiKeyView } from "@posthorn/api/views";
import { RelativeTime } from "../shared/relative-time.tsx";
import { ToneBadge } from "../shared/status-badge.tsx";
import { useNow } from "../shared/ticking-clock.ts";
import classes from "./api-key-table.module.css";
import { GRANTS_EXPLAINED } from "./new-key.ts";

export interface ApiKeyTableProps {
  readonly keys: readonly ApiKeyView[];
  /** The id of the key that the viewer is signed in with. */
  readonly ownKey: string;
  readonly onRevoke: (key: ApiKeyView) => void;
}

/** A table, and cards where there is no room for one. */
export function ApiKeyTable({ keys, ownKey, onRevoke }: ApiKeyTableProps) {
  const revokeButton = (key: ApiKeyView) => (
    <Button variant="default" size="xs" onClick={() => onRevoke(key)} aria-label={`Revoke ${key.label}`}>
      Revoke
    </Button>
  );
  return (
    <>
      <Paper visibleFrom="md" className={classes["table"] ?? ""}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Key</Table.Th>
              <Table.Th>Grants</Table.Th>
              <Table.Th>Bound to</Table.Th>
              <Table.Th>Created</Table.Th>
              <Table.Th>Last used</Table.Th>
              <Table.Th>Expires</Table.Th>
              <Table.Th>
                <span className={classes["hidden"]}>Actions</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {keys.map((key) => (
              <Table.Tr key={key.id}>
                <Table.Td>
                  <KeyName apiKey={key} isOwn={key.id === ownKey} />
                </Table.Td>
                <Table.Td>
                  <Grants apiKey={key} />
                </Table.Td>
                <Table.Td>{boundTo(key)}</Table.Td>
                <Table.Td>
                  <RelativeTime at={key.created_at} />
                </Table.Td>
                <Table.Td>
                  <RelativeTime at={key.last_used_at} />
                </Table.Td>
                <Table.Td>
                  <Expiry apiKey={key} />
                </Table.Td>
                <Table.Td ta="end">{revokeButton(key)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
      <Stack hiddenFrom="md" gap="sm" component="ul" className={classes["cards"] ?? ""}>
        {keys.map((key) => (
          <Paper key={key.id} component="li" p="md">
            <Group justify="space-between" align="flex-start" wrap="nowrap">
              <KeyName apiKey={key} isOwn={key.id === ownKey} />
              {revokeButton(key)}
            </Group>
            <dl className={classes["facts"]}>
              <dt>Grants</dt>
              <dd>
                <Grants apiKey={key} />
              </dd>
              <dt>Bound to</dt>
              <dd>{boundTo(key)}</dd>
              <dt>Created</dt>
              <dd>
                <RelativeTime at={key.created_at} />
              </dd>
              <dt>Last used</dt>
              <dd>
                <RelativeTime at={key.last_used_at} />
              </dd>
              <dt>Expires</dt>
              <dd>
                <Expiry apiKey={key} />
              </dd>
            </dl>
          </Paper>
        ))}
      </Stack>
    </>
  );
}

function KeyName({ apiKey, isOwn }: { readonly apiKey: ApiKeyView; readonly isOwn: boolean }) {
  return (
    <Stack gap={2} miw={0}>
      <Group gap="xs">
        <Text fw={600} component="span" className="ph-break">
          {apiKey.label}
        </Text>
        {isOwn && <ToneBadge tone="info">yours</ToneBadge>}
      </Group>
      <Text size="xs" c="dimmed" ff="monospace" component="span" className="ph-break">
        {apiKey.short_key}_…
      </Text>
    </Stack>
  );
}

function Grants({ apiKey }: { readonly apiKey: ApiKeyView }) {
  return (
    <Group gap={4}>
      {apiKey.grants.map((grant) => (
        <Code key={grant} title={GRANTS_EXPLAINED.find((explained) => explained.grant === grant)?.allows}>
          {grant}
        </Code>
      ))}
    </Group>
  );
}

function Expiry({ apiKey: { expires_at: at } }: { readonly apiKey: ApiKeyView }) {
  const nowMs = useNow();
  const isOver = at !== null && Date.parse(at) <= nowMs;
  return isOver ? (
    <ToneBadge tone="calm">
      expired <RelativeTime at={at} />
    </ToneBadge>
  ) : (
    <RelativeTime at={at} />
  );
}

function boundTo({ subaccount_id: subaccount }: ApiKeyView): string {
  if (subaccount === null) return "nothing";
  return subaccount === 0 ? "the primary account" : `subaccount ${subaccount}`;
}
