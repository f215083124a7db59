import { resolve } from "node:path";
import { API_KEY_FILE, generatedText, prepareDataDir, SECRET_FILE } from "./launcher/secrets.ts";

type Env = Readonly<Record<string, string | undefined>>;

const USAGE =
  "usage: init [show-key]\n  init       generates the API key and the secret in DATA_DIR unless they are there\n  show-key   prints the API key";

/**
 * The one-shot step of an installation with containers: makes the key and the secret that all services read.
 * Returns the exit code.
 */
export async function main(argv: readonly string[], env: Env = process.env): Promise<number> {
  const dataDir = resolve(env["DATA_DIR"] ?? ".posthorn");
  const [command, ...rest] = argv;
  if (rest.length > 0 || (command !== undefined && command !== "show-key")) {
    console.error(USAGE);
    return 2;
  }
  await prepareDataDir(dataDir);
  const given = env["POSTHORN_API_KEY"]?.trim();
  const apiKey = given === undefined || given === "" ? await generatedText(dataDir, API_KEY_FILE, "ph_") : given;
  await generatedText(dataDir, SECRET_FILE);
  console.log(command === "show-key" ? apiKey : `The API key and the secret are in ${dataDir}`);
  return 0;
}
