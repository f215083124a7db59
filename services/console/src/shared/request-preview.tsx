import { Stack, Text } from "@mantine/core";
import type { RequestView } from "@posthorn/api/views";
import { CodeBlock } from "./code-block.tsx";
import { prettyBody } from "./pretty-body.ts";
import classes from "./request-preview.module.css";

/** A POST to a target, as it is or will be sent. */
export function RequestPreview({ request }: { readonly request: RequestView }) {
  return (
    <Stack gap="xs">
      <p className={classes["line"]}>
        <span className={classes["method"]}>{request.method}</span> {request.url}
      </p>
      <HeaderList headers={request.headers} />
      {request.body === "" ? (
        <Text c="dimmed">No body.</Text>
      ) : (
        <CodeBlock text={prettyBody(request.body)} label="request body" />
      )}
    </Stack>
  );
}

/** Header names and values, one a line. */
export function HeaderList({ headers }: { readonly headers: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl className={classes["headers"]}>
      {headers.map(([name, value], index) => (
        // A header may come twice.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
