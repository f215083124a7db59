#!/usr/bin/env node
// Sends a mail server's events to Posthorn through a spool on disk, so that none is lost when Posthorn, the network or
// this program is away for a while. It needs Node 20 or newer and nothing else.
//
//   my-mail-server-log | POSTHORN_URL=http://127.0.0.1:8080 POSTHORN_API_KEY=… SPOOL_DIR=spool node spool-sender.mjs
//
// Standard input: one event per line, {"msys":{"message_event":{"type":"delivery",…}}}.
// One spool file is one request, and its name is the request's Idempotency-Key: whoever sends the file again, even after
// a crash, completes the same request. A file is deleted once Posthorn has stored its events (200); one that can never
// be accepted moves to <SPOOL_DIR>/rejected with the reason beside it.
import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const EVENTS_URL = `${process.env.POSTHORN_URL ?? "http://127.0.0.1:8080"}/api/v1/events`;
const API_KEY = process.env.POSTHORN_API_KEY ?? fail("Set POSTHORN_API_KEY to Posthorn's API key");
const SPOOL = process.env.SPOOL_DIR ?? "posthorn-spool";
const REJECTED = join(SPOOL, "rejected");

const FILE_EVENTS = 1_000;
const FILE_BYTES = 4 * 1024 ** 2;
const FILE_WAIT_MS = 1_000;
const PARALLEL_REQUESTS = 4;
const ANSWER_WITHIN_MS = 30_000;
const LONGEST_PAUSE_MS = 30_000;
const LOOK_EVERY_MS = 100;

function fail(message) {
  console.error(message);
  process.exit(1);
}

let lines = [];
let bytes = 0;
let files = 0;
let writing = Promise.resolve();

/** Writes what was read so far to a file that appears whole or not at all, and survives a power cut. */
function spool() {
  if (lines.length === 0) return writing;
  const text = lines.join("");
  lines = [];
  bytes = 0;
  // Names sort by age: milliseconds, then a counter.
  const name = `${Date.now()}-${String(files++).padStart(9, "0")}-${randomUUID()}`;
  writing = writeAfter(writing, name, text);
  return writing;
}

async function writeAfter(earlier, name, text) {
  await earlier;
  const file = await open(join(SPOOL, `${name}.part`), "w");
  await file.writeFile(text);
  await file.sync();
  await file.close();
  await rename(join(SPOOL, `${name}.part`), join(SPOOL, `${name}.ndjson`));
  const folder = await open(SPOOL, "r");
  await folder.sync();
  await folder.close();
}

async function readInput() {
  let rest = "";
  process.stdin.setEncoding("utf8");
  for await (const part of process.stdin) {
    const whole = (rest + part).split("\n");
    rest = whole.pop();
    for (const line of whole) await add(line);
  }
  await add(rest);
  await spool();
}

async function add(line) {
  if (line.trim() === "") return;
  lines.push(`${line}\n`);
  bytes += Buffer.byteLength(line) + 1;
  if (lines.length >= FILE_EVENTS || bytes >= FILE_BYTES) await spool();
}

/** Sends one file until Posthorn has taken or refused it; the key stays the same over all repeats. */
async function sendFile(name) {
  const path = join(SPOOL, name);
  const body = await readFile(path);
  for (let pauseMs = 500; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const { status, text, retryAfterMs } = await post(body, name.replace(/\.ndjson$/, ""));
    if (status === 200) return rm(path);
    if (status === 400 || status === 413 || status === 415 || status === 422) {
      // The same request would be refused again: keep it for a person to look at.
      await writeFile(join(REJECTED, `${name}.reason`), `${status} ${text}\n`);
      await rename(path, join(REJECTED, name));
      console.error(`${name} was refused (${status}); it is in ${REJECTED} with the reason`);
      return undefined;
    }
    // 503, 429, 409, a time-out, a lost connection, and 401 until the key is mended: nothing is known to be lost.
    console.error(`${name} waits: ${status === 0 ? text : `Posthorn answered ${status}`}`);
    await delay(retryAfterMs ?? pauseMs);
  }
}

async function post(body, idempotencyKey) {
  try {
    const response = await fetch(EVENTS_URL, {
      method: "POST",
      headers: {
        authorization: API_KEY,
        "content-type": "application/x-ndjson",
        "idempotency-key": idempotencyKey,
      },
      body,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    return {
      status: response.status,
      text: await response.text(),
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : undefined,
    };
  } catch (error) {
    return { status: 0, text: `no answer (${error.cause?.code ?? error.message})` };
  }
}

await mkdir(REJECTED, { recursive: true });
// What a crash left half written has never been part of the spool.
for (const name of await readdir(SPOOL)) if (name.endsWith(".part")) await rm(join(SPOOL, name));

let isReading = true;
const timer = setInterval(() => void spool(), FILE_WAIT_MS);
const reading = readInput().finally(() => (isReading = false));

const underway = new Map();
for (;;) {
  const wasReading = isReading;
  const waiting = (await readdir(SPOOL)).filter((name) => name.endsWith(".ndjson") && !underway.has(name)).toSorted();
  for (const name of waiting.slice(0, PARALLEL_REQUESTS - underway.size)) {
    underway.set(
      name,
      sendFile(name).finally(() => underway.delete(name)),
    );
  }
  if (!wasReading && waiting.length === 0 && underway.size === 0) break;
  await Promise.race([delay(LOOK_EVERY_MS), ...underway.values()]);
}
await reading;
clearInterval(timer);
