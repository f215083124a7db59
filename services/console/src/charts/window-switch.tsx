import { SegmentedControl } from "@mantine/core";
import type { SeriesView } from "@posthorn/api/views";
import { useSearchParam } from "../shared/use-search-param.ts";

export type Window = SeriesView["window"];

export const WINDOW_WORDS: Readonly<Record<Window, string>> = { "1h": "the last hour", "24h": "the last 24 hours" };

/** How far back charts look, kept in the address. */
export function useWindow(): readonly [Window, (window: Window) => void] {
  const [name, setName] = useSearchParam("window");
  return [name === "24h" ? "24h" : "1h", (window) => setName(window === "1h" ? null : window)];
}

export function WindowSwitch({ value, onChange }: { readonly value: Window; readonly onChange: (to: Window) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Time that the charts show"
      value={value}
      onChange={onChange}
      data={[
        { value: "1h", label: "Last hour" },
        { value: "24h", label: "Last 24 hours" },
      ]}
    />
  );
}
