import { useEffect, useRef, useState } from "react";
import type { FormEvent } from "react";
import { Anchor, Button, Code, Modal, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { ApiError, problemsOf } from "../api/api-error.ts";
import { Brand } from "../shared/brand.tsx";
import { useSignIn } from "./session-queries.ts";
import classes from "./sign-in.module.css";

export function SignInPage() {
  return (
    <main className={classes["page"]}>
      <title>Sign in · Posthorn</title>
      <Paper className={classes["card"]} p="xl">
        <Brand />
        <Title order={1} mt="lg">
          Sign in
        </Title>
        <Text c="dimmed" mt={4} mb="lg">
          With an API key. What it may do is what you can do here.
        </Text>
        <SignInForm />
      </Paper>
      <Text c="dimmed" size="sm" ta="center" maw={400}>
        Programs use the same keys: see the <Anchor href="/api/docs">API&nbsp;docs</Anchor>.
      </Text>
    </main>
  );
}

/** Over what the person was at. */
export function SignInAgain() {
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} title="Your session has ended" size="sm">
      <Text c="dimmed" mb="md">
        Sign in again to go on where you were. With the same key, what you have typed stays.
      </Text>
      <SignInForm />
    </Modal>
  );
}

function SignInForm() {
  const [apiKey, setApiKey] = useState("");
  const signIn = useSignIn();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate(apiKey.trim());
  };

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <PasswordInput
          label="API key"
          placeholder="ph_…"
          value={apiKey}
          onChange={(event) => setApiKey(event.currentTarget.value)}
          error={signIn.error === null ? undefined : refusalWords(signIn.error)}
          autoComplete="current-password"
          name="api-key"
          ref={field}
          data-autofocus
          required
          withAsterisk={false}
          size="md"
          visibilityToggleButtonProps={{ "aria-label": "Show or hide the key", tabIndex: 0 }}
        />
        <Button type="submit" size="md" loading={signIn.isPending} disabled={apiKey.trim() === ""}>
          Sign in
        </Button>
        <Text c="dimmed" size="sm" component="div">
          No key yet? <Code>npm start</Code> keeps one in the file <Code>.posthorn/api-key</Code>. Under Docker Compose,
          this prints it:
          <Code block mt={6} fz="xs" className={classes["command"] ?? ""}>
            docker compose run --rm init show-key
          </Code>
        </Text>
      </Stack>
    </form>
  );
}

/** The API speaks to programs, which send a key with each call. */
function refusalWords(error: Error): string {
  if (error instanceof ApiError && error.status === 401) {
    return "Posthorn admits no such key: check that it was copied whole; it may have been revoked, or have expired.";
  }
  if (error instanceof ApiError && error.status === 0) {
    return "Posthorn does not answer: check that its API runs and that this computer reaches it, and sign in then.";
  }
  return problemsOf(error)
    .flatMap(({ message, description }) => (description === undefined ? [message] : [message, description]))
    .join(" ");
}
