import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import type { Problem } from "@posthorn/core";
import { ConfigError } from "@posthorn/runtime";

const BYTE_ORDER_MARK = /^\u{FEFF}/u;

/** The text of a file that a variable names. Throws `ConfigError` when it cannot be read. */
export function readConfigFile(variable: string, file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new ConfigError([`${variable}: ${file} cannot be read (${code})`]);
  }
  if (!isUtf8(bytes)) throw new ConfigError([`${variable}: ${file} is not valid UTF-8`]);
  return bytes.toString("utf8").replace(BYTE_ORDER_MARK, "");
}

/** What is wrong with the content of such a file. */
export function configFileError(variable: string, file: string, problems: readonly Problem[]): ConfigError {
  return new ConfigError(
    problems.map(
      ({ message, param }) => `${variable}: ${file}: ${param === undefined ? message : `${param}: ${message}`}`,
    ),
  );
}
