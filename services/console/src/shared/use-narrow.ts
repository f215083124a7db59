import { useMediaQuery } from "@mantine/hooks";

/** True on a screen that has no room for tables, nor for the navigation beside the page. */
export function useNarrow(): boolean {
  return useMediaQuery("(max-width: 47.99em)", undefined, { getInitialValueInEffect: false }) ?? false;
}
