import type { Problem } from "./problem.ts";
import type { FieldChange } from "./webhook-fields.ts";

/** What came of a file of definitions, as `PUT /api/v1/definitions` answers; of a dry run, what would. */
export interface DefinitionsReport {
  readonly dry_run: boolean;
  readonly created: readonly CreatedDefinition[];
  readonly updated: readonly UpdatedDefinition[];
  readonly removed: readonly NamedDefinition[];
  /** How many are as the file says. */
  readonly unchanged: number;
  /** What was done although a target or token URL did not answer as it should. */
  readonly warnings: readonly (NamedDefinition & Problem)[];
  /** What was not done. */
  readonly failed: readonly FailedDefinition[];
}

export interface NamedDefinition {
  readonly id: string;
  readonly name: string;
}

export interface CreatedDefinition extends NamedDefinition {
  /** A signing secret that was made: shown this once. */
  readonly signing?: { readonly secret: string };
}

export interface UpdatedDefinition extends CreatedDefinition {
  readonly changes: readonly FieldChange[];
}

export interface FailedDefinition {
  readonly name: string;
  readonly errors: readonly Problem[];
}
