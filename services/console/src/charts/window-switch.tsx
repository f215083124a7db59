import { SegmentedControl } from "@mantine/core";
import { useSearchParams } from "react-router";
import type { SeriesView } from "@posthorn/api/views";

export type Window = SeriesView["window"];

export const WINDOW_WORDS: Readonly<Record<Window, string>> = { "1h": "the last hour", "24h": "the last 24 hours" };

/** How far back charts look, kept in the address. */
export function useWindow(): readonly [Window, (window: Window) => void] {
  const [params, setParams] = useSearchParams();
  const change = (window: Window): void =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (window === "1h") after.delete("window");
        else after.set("window", window);
        return after;
      },
      { replace: true, preventScrollReset: true },
    );
  return [params.get("window") === "24h" ? "24h" : "1h", change];
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
