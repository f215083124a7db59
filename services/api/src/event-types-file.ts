import { createCatalogue, parseEventTypes } from "@posthorn/core";
import type { Catalogue } from "@posthorn/core";
import { configFileError, readConfigFile } from "./config-file.ts";

const VARIABLE = "EVENT_TYPES_FILE";

/** The event types that this API knows, those of `EVENT_TYPES_FILE` included. Throws `ConfigError` with every problem of the file. */
export function loadCatalogue(eventTypesFile: string | undefined): Catalogue {
  if (eventTypesFile === undefined) return createCatalogue();
  const parsed = parseEventTypes(readConfigFile(VARIABLE, eventTypesFile));
  switch (parsed.kind) {
    case "ok":
      return createCatalogue(parsed.types);
    case "bad":
      throw configFileError(VARIABLE, eventTypesFile, parsed.problems);
  }
}
