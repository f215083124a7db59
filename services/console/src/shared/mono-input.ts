/** The looks of an input for text of machines; its label and notes stay as they are. */
export const MONO_INPUT = {
  input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.75rem", lineHeight: 1.55 },
} as const;
