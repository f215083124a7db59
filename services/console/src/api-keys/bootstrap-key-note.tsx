import { Code, Paper, Text, Title } from "@mantine/core";

/** What the key is that is not in the list. */
export function BootstrapKeyNote({ isOwn }: { readonly isOwn: boolean }) {
  return (
    <Paper p="md" component="section" aria-labelledby="bootstrap-heading">
      <Title order={2} id="bootstrap-heading">
        The operator’s key
      </Title>
      <Text size="sm" mt={4}>
        {isOwn ? "You are signed in with it. " : ""}It comes from the configuration, so it is not in the list and cannot
        be revoked here: <Code>npm start</Code> makes one and keeps it in <Code>DATA_DIR</Code>, and elsewhere it is
        what <Code>POSTHORN_API_KEY</Code> says. It has every grant. Use it to make the first keys, then keep it for
        emergencies; to change it, set another one and restart Posthorn.
      </Text>
    </Paper>
  );
}
