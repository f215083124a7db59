import { Group, ScrollArea } from "@mantine/core";
import classes from "./code-block.module.css";
import { CopyButton } from "./copy-button.tsx";

export interface CodeBlockProps {
  readonly text: string;
  /** Names the block for screen readers and its copy button, e.g. "request body". */
  readonly label: string;
  readonly maxHeight?: number;
}

/** Text of machines: monospaced, scrolling inside, with a button that copies it. */
export function CodeBlock({ text, label, maxHeight = 360 }: CodeBlockProps) {
  return (
    <div className={classes["block"]}>
      <Group className={classes["copy"]}>
        <CopyButton text={text} label={`Copy the ${label}`} />
      </Group>
      <ScrollArea.Autosize mah={maxHeight} viewportProps={{ tabIndex: 0, role: "region", "aria-label": label }}>
        <pre className={classes["text"]}>{text}</pre>
      </ScrollArea.Autosize>
    </div>
  );
}
