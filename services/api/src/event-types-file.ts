import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { createCatalogue, parseEventTypes } from "@posthorn/core";
import type { Catalogue, Problem } from "@posthorn/core";
import { ConfigError } from "@posthorn/runtime";

const BYTE_ORDER_MARK = /^\u{FEFF}/u;

/** The event types that this API knows, those of `EVENT_TYPES_FILE` included. Throws `ConfigError` with every problem of the file. */
export function loadCatalogue(eventTypesFile: string | undefined): Catalogue {
  if (eventTypesFile === undefined) return createCatalogue();
  const parsed = parseEventTypes(read(eventTypesFile));
  switch (parsed.kind) {
    case "ok":
      return createCatalogue(parsed.types);
    case "bad":
      throw new ConfigError(parsed.problems.map((problem) => lineOf(eventTypesFile, problem)));
  }
}

function read(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ConfigError([`EVENT_TYPES_FILE: ${file} cannot be read (${code})`]);
  }
  if (!isUtf8(bytes)) throw new ConfigError([`EVENT_TYPES_FILE: ${file} is not valid UTF-8`]);
  return bytes.toString("utf8").replace(BYTE_ORDER_MARK, "");
}

function lineOf(file: string, { message, param }: Problem): string {
  return `EVENT_TYPES_FILE: ${file}: ${param === undefined ? message : `${param}: ${message}`}`;
}
