import { useId } from "react";
import type { ReactNode } from "react";
import { Paper, Stack, Text, Title } from "@mantine/core";

export interface FormSectionProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly children: ReactNode;
}

/** Fields that belong together. */
export function FormSection({ title, description, children }: FormSectionProps) {
  const headingId = useId();
  return (
    <Paper component="section" aria-labelledby={headingId} p={{ base: "md", sm: "lg" }}>
      <Title order={2} id={headingId}>
        {title}
      </Title>
      {description !== undefined && (
        <Text c="dimmed" size="sm" mt={2}>
          {description}
        </Text>
      )}
      <Stack gap="md" mt="md">
        {children}
      </Stack>
    </Paper>
  );
}
