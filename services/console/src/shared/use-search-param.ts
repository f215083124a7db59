import { useSearchParams } from "react-router";

export interface SearchParamOptions {
  /** The way back leads past what was before, too. */
  readonly isStep?: boolean;
}

/** One part of the address's query; `null` leaves it out. The others stay as they are. */
export function useSearchParam(
  name: string,
  { isStep = false }: SearchParamOptions = {},
): readonly [value: string | null, set: (value: string | null) => void] {
  const [params, setParams] = useSearchParams();
  const set = (value: string | null): void =>
    setParams(
      () => {
        // The address may be ahead of what is drawn, when one change follows another at once.
        const after = new URLSearchParams(window.location.search);
        if (value === null) after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: !isStep, preventScrollReset: true },
    );
  return [params.get(name), set];
}
