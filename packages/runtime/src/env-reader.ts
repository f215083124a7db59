import { readFileSync } from "node:fs";
import { parseDurationMs, parseSizeBytes } from "./quantities.ts";
import { passwordsIn } from "./scrub.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** Every problem of the environment at once, so that one restart mends them all. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** Reads one variable after the other and collects what is wrong with them; an empty value counts as unset. */
export class EnvReader {
  readonly problems: string[] = [];
  /** What has been read that nobody may see. */
  readonly secrets: string[] = [];
  readonly #env: Env;

  constructor(env: Env) {
    this.#env = env;
  }

  optional(name: string): string | undefined {
    const value = this.#env[name]?.trim();
    return value === undefined || value === "" ? undefined : value;
  }

  required(name: string, cure: string): string {
    const value = this.optional(name);
    if (value === undefined) this.problems.push(`${name} is not set: ${cure}`);
    return value ?? "";
  }

  /** The value of `name`, else what is in the file that `<name>_FILE` names, as containers hand out secrets. */
  secret(name: string, cure: string): string {
    const file = this.optional(`${name}_FILE`);
    if (file === undefined || this.optional(name) !== undefined) return this.confide(this.required(name, cure));
    try {
      const value = readFileSync(file, "utf8").trim();
      if (value === "") this.problems.push(`${name}_FILE: ${file} is empty: ${cure}`);
      return this.confide(value);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      this.problems.push(`${name}_FILE: ${file} cannot be read (${code}): ${cure}`);
      return "";
    }
  }

  /** The same for a secret that need not be there. */
  optionalSecret(name: string, cure: string): string | undefined {
    const isGiven = [name, `${name}_FILE`].some((variable) => this.optional(variable) !== undefined);
    return isGiven ? this.secret(name, cure) : undefined;
  }

  /** Notes a value, with the passwords in it, as what nobody may see. */
  confide<T extends string | undefined>(value: T): T {
    if (value !== undefined) this.secrets.push(value, ...passwordsIn(value));
    return value;
  }

  read<T>(name: string, fallback: T, expected: string, parse: (text: string) => T | undefined): T {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    const value = parse(text);
    if (value === undefined) this.problems.push(`${name}=${JSON.stringify(text)} is not ${expected}`);
    return value ?? fallback;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    return this.read(name, fallback, `a whole number from ${min} to ${max}`, (text) =>
      /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined,
    );
  }

  durationMs(name: string, fallback: number, minMs = 1): number {
    return this.read(name, fallback, "a duration such as 6s, 30s or 4h", (text) => {
      const ms = parseDurationMs(text);
      return ms !== undefined && ms >= minMs ? ms : undefined;
    });
  }

  bytes(name: string, fallback: number): number {
    return this.read(name, fallback, "a size such as 10mb or 256kb", (text) => {
      const bytes = parseSizeBytes(text);
      return bytes !== undefined && bytes >= 1 ? bytes : undefined;
    });
  }

  /** A size that is not the same wherever it is not set. */
  optionalBytes(name: string): number | undefined {
    return this.optional(name) === undefined ? undefined : this.bytes(name, 0);
  }

  /** A list, each wrong entry of which is a problem; what an unset one means is what `parse` makes of an empty text. */
  list<T>(name: string, parse: (text: string) => { readonly value: T; readonly problems: readonly string[] }): T {
    const { value, problems } = parse(this.optional(name) ?? "");
    this.problems.push(...problems.map((problem) => `${name}: ${problem}`));
    return value;
  }

  flag(name: string): boolean {
    return this.choice(name, "false", ["true", "false"]) === "true";
  }

  choice<T extends string>(name: string, fallback: T, choices: readonly T[]): T {
    return this.read(name, fallback, `one of ${choices.join(", ")}`, (text) =>
      choices.find((choice) => choice === text),
    );
  }

  finish<T>(config: T): Readonly<T & { readonly secrets: readonly string[] }> {
    if (this.problems.length > 0) throw new ConfigError(this.problems);
    return Object.freeze({ ...config, secrets: this.secrets });
  }
}
