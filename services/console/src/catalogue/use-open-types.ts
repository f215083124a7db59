import { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";

interface OpenTypesOptions {
  /** Empty until the catalogue is loaded. */
  readonly known: readonly string[];
  /** Takes filters away that might hide the type that an address names. */
  readonly showAll: () => void;
}

/** Which types are opened. An address such as `/catalogue#bounce` opens its type and brings it into view. */
export function useOpenTypes({ known, showAll }: OpenTypesOptions) {
  const { hash } = useLocation();
  const [opened, setOpened] = useState<readonly string[]>([]);
  const shown = useRef("");

  const show = (type: string): void => {
    setOpened((before) => (before.includes(type) ? before : [...before, type]));
    // After the panel has been drawn.
    requestAnimationFrame(() => document.getElementById(type)?.scrollIntoView({ block: "start" }));
  };

  const named = decodeURIComponent(hash.slice(1));
  const isKnown = known.includes(named);
  useEffect(() => {
    if (!isKnown || shown.current === hash) return;
    shown.current = hash;
    showAll();
    show(named);
  });

  return { opened, setOpened, show };
}
