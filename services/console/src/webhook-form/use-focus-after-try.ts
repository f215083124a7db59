import { useEffect, useRef } from "react";

/**
 * Brings what keeps the form from being saved into view, and the focus to it: whoever sends a form is at its end, and
 * would not see it. `tries` counts the tries that failed.
 */
export function useFocusAfterTry(tries: number) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (tries === 0) return;
    box.current?.focus({ preventScroll: true });
    box.current?.scrollIntoView({ block: "center" });
  }, [tries]);
  return box;
}
