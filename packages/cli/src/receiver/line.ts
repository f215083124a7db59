import { printable } from "../printable.ts";
import type { Answer } from "./answer.ts";
import type { Received } from "./received.ts";

/** One readable line for one request; `timesSeen` counts this one. */
export function lineOf(received: Received, timesSeen: number, answer: Answer, at: Date): string {
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":");
  // Ids and types come from outside: they shall not steer the terminal.
  return printable(`${time}  ${whatCame(received, timesSeen)}  ->  ${whatGoes(answer)}`);
}

function whatCame(received: Received, timesSeen: number): string {
  switch (received.kind) {
    case "test":
      return "test POST";
    case "other":
      return `no batch (${received.why})`;
    case "batch": {
      const types = [...received.types]
        .toSorted(([, a], [, b]) => b - a)
        .map(([type, count]) => `${type} ${count.toLocaleString("en")}`);
      const events = `${received.events.toLocaleString("en")} ${received.events === 1 ? "event" : "events"}`;
      return `batch ${received.id}  ${ordinal(timesSeen)} time  ${events}: ${types.join(", ")}`;
    }
  }
}

function whatGoes({ behaviour, delayMs, text }: Answer): string {
  const after = delayMs > 0 ? ` after ${delayMs} ms` : "";
  switch (behaviour.kind) {
    case "hang":
      return "no answer";
    case "reset":
      return `reset${after}`;
    case "drip":
      return `200, a byte at a time${after}`;
    case "status": {
      const to = behaviour.location === undefined ? "" : ` to ${behaviour.location}`;
      const retryAfter =
        behaviour.retryAfterSeconds === undefined ? "" : `, Retry-After ${behaviour.retryAfterSeconds}`;
      return `${behaviour.status}${to}${retryAfter}${after}${text === "" ? "" : ` (${text})`}`;
    }
  }
}

function ordinal(n: number): string {
  const isTeen = n % 100 >= 11 && n % 100 <= 13;
  const ending = isTeen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${ending}`;
}
