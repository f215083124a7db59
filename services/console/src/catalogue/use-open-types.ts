import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";

interface OpenTypesOptions {
  /** Empty until the catalogue is loaded. */
  readonly known: readonly string[];
  /** Takes filters away, when they hide the type that an address names. */
  readonly showAll: () => void;
}

/**
 * Which types are opened. An address such as `/catalogue#bounce` opens its type and brings it into view, and the address
 * follows what is opened, so that it can be sent to somebody.
 */
export function useOpenTypes({ known, showAll }: OpenTypesOptions) {
  const { hash } = useLocation();
  const navigate = useNavigate();
  const [opened, setOpened] = useState<readonly string[]>([]);
  // The address that was seen last, and the one that this page went to by itself.
  const seen = useRef("");
  const own = useRef("");

  /** Opens a type and brings it into view. */
  const show = (type: string): void => {
    own.current = `#${type}`;
    setOpened((before) => (before.includes(type) ? before : [...before, type]));
    // After the panel has been drawn.
    requestAnimationFrame(() => document.getElementById(type)?.scrollIntoView({ block: "start" }));
  };

  /** Opens and closes where somebody clicked, without moving anything. */
  const change = (now: readonly string[]): void => {
    const added = now.find((type) => !opened.includes(type));
    setOpened(now);
    if (added === undefined) return;
    own.current = `#${added}`;
    void navigate(`#${added}`, { replace: true, preventScrollReset: true });
  };

  const named = known.find((type) => hash === `#${encodeURIComponent(type)}`);
  useEffect(() => {
    if (named === undefined || seen.current === hash) return;
    seen.current = hash;
    if (own.current === hash) return;
    if (document.getElementById(named) === null) showAll();
    show(named);
  });

  return { opened, change, show };
}
