import { Progress } from "@mantine/core";
import { fillLevel } from "./fill-level.ts";
import { bytes, percent } from "./format-number.ts";
import type { FillLevel } from "./fill-level.ts";

const COLORS: Readonly<Record<FillLevel["tone"], string>> = {
  good: "var(--ph-series-out)",
  warn: "var(--ph-series-wait)",
  bad: "var(--ph-series-bad)",
};

/** How full something is, as a bar and in words. */
export function FillBar({
  label,
  used,
  limit,
}: {
  readonly label: string;
  readonly used: number;
  readonly limit: number | null;
}) {
  const level = fillLevel(used, limit);
  if (level === undefined || limit === null) return <>no limit is set</>;
  const text = `${percent(level.share)} of ${bytes(limit)}`;
  return (
    <>
      {text}
      <Progress.Root size={5} mt={4} mb={2}>
        <Progress.Section
          value={Math.min(100, level.share * 100)}
          color={COLORS[level.tone]}
          aria-label={label}
          aria-valuetext={text}
        />
      </Progress.Root>
    </>
  );
}
