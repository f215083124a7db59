import { createSocket } from "node:dgram";
import type { RemoteInfo } from "node:dgram";

/** What is known of a name: its addresses, or the name that it stands for; or how the server fails. */
export type DnsAnswer =
  | {
      readonly a?: readonly string[];
      readonly aaaa?: readonly string[];
      readonly cname?: string;
      readonly ttlSeconds?: number;
    }
  | "unknown"
  | "hang"
  | "fail";

export interface DnsQuestion {
  readonly name: string;
  readonly type: "A" | "AAAA" | "other";
}

/** A real DNS server on loopback that does as it is told and remembers what it was asked. */
export interface DnsServer {
  /** As resolvers take it. */
  readonly address: string;
  readonly questions: DnsQuestion[];
  /** Names that nothing was said about are unknown; of a name that others stand for, say it too. */
  answer(name: string, answer: DnsAnswer | ((question: DnsQuestion) => DnsAnswer)): void;
  close(): Promise<void>;
}

const TYPES = { A: 1, CNAME: 5, AAAA: 28 } as const;
const HEADER_BYTES = 12;
const NO_ERROR = 0;
const SERVER_FAILED = 2;
const NO_SUCH_NAME = 3;

interface DnsRecord {
  readonly owner: string;
  readonly type: number;
  readonly ttlSeconds: number;
  readonly data: Buffer;
}

export async function startDnsServer(): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const questions: DnsQuestion[] = [];
  const answers = new Map<string, (question: DnsQuestion) => DnsAnswer>();

  socket.on("message", (message, from: RemoteInfo) => {
    const { question, endsAt } = readQuestion(message);
    questions.push(question);
    const answer = answers.get(question.name)?.(question) ?? "unknown";
    if (answer === "hang") return;
    const records = typeof answer === "string" ? [] : recordsOf(question, answer, answers);
    const code = answer === "unknown" ? NO_SUCH_NAME : answer === "fail" ? SERVER_FAILED : NO_ERROR;
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt16BE(message.readUInt16BE(0), 0);
    // An answer, with recursion asked for and done.
    header.writeUInt16BE(0x81_80 | code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    // The question goes back byte for byte: resolvers compare it, and its letters' case.
    const parts = [header, message.subarray(HEADER_BYTES, endsAt), ...records.map(writeRecord)];
    socket.send(Buffer.concat(parts), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));

  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    answer: (name, answer) => answers.set(name, typeof answer === "function" ? answer : () => answer),
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}

function recordsOf(
  question: DnsQuestion,
  answer: Exclude<DnsAnswer, string>,
  answers: ReadonlyMap<string, (question: DnsQuestion) => DnsAnswer>,
): DnsRecord[] {
  const { name: owner, type } = question;
  const { a = [], aaaa = [], cname, ttlSeconds = 300 } = answer;
  if (cname !== undefined) {
    const next = answers.get(cname)?.({ name: cname, type });
    const rest = typeof next === "object" ? recordsOf({ name: cname, type }, next, answers) : [];
    return [{ owner, type: TYPES.CNAME, ttlSeconds, data: writeName(cname) }, ...rest];
  }
  if (type === "A") return a.map((text) => ({ owner, type: TYPES.A, ttlSeconds, data: ipv4Bytes(text) }));
  if (type === "AAAA") return aaaa.map((text) => ({ owner, type: TYPES.AAAA, ttlSeconds, data: ipv6Bytes(text) }));
  return [];
}

function readQuestion(message: Buffer): { readonly question: DnsQuestion; readonly endsAt: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const code = message.readUInt16BE(at + 1);
  const type = code === TYPES.A ? "A" : code === TYPES.AAAA ? "AAAA" : "other";
  return { question: { name: labels.join(".").toLowerCase(), type }, endsAt: at + 5 };
}

function writeRecord({ owner, type, ttlSeconds, data }: DnsRecord): Buffer {
  const fields = Buffer.alloc(10);
  fields.writeUInt16BE(type, 0);
  fields.writeUInt16BE(1, 2);
  fields.writeUInt32BE(ttlSeconds, 4);
  fields.writeUInt16BE(data.length, 8);
  return Buffer.concat([writeName(owner), fields, data]);
}

function writeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label, "latin1")]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function ipv4Bytes(text: string): Buffer {
  return Buffer.from(text.split(".").map(Number));
}

function ipv6Bytes(text: string): Buffer {
  const [head = [], tail = []] = text.split("::").map((half) => half.split(":").filter((part) => part !== ""));
  const missing = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  const parts = [...head, ...missing, ...tail].map((part) => Number.parseInt(part, 16));
  return Buffer.from(parts.flatMap((part) => [part >> 8, part & 0xff]));
}
