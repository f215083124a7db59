import { createCatalogue } from "@posthorn/core";
import { createAgenda } from "./agenda.ts";
import { planLife } from "./life.ts";
import type { Delays, Step } from "./life.ts";
import { newMessage, newTransmission } from "./message.ts";
import type { Fields } from "./message.ts";
import { between, digits } from "./random.ts";
import type { Random } from "./random.ts";

export interface SimulatedEvent {
  readonly type: string;
  readonly messageId: string;
  readonly atMs: number;
  /** The event as JSON text on one line, envelope included. */
  readonly text: string;
}

export interface MailServer {
  /**
   * The event that happens at `nowMs`: the next of a life that has begun if one is due by then, else a new injection.
   * `nowMs` must not decrease. Times of events never decrease either.
   */
  next(nowMs: number): SimulatedEvent;
}

interface MailServerOptions {
  readonly random: Random;
  /** Unix time in ms at which the server begins; no event is older. */
  readonly startMs: number;
  readonly delays: Delays;
}

/**
 * A mail server whose messages live coherent lives: injection, then delivery, delays or a bounce, then what the
 * recipient does. Pure: the same arguments give the same events.
 */
export function createMailServer({ random, startMs, delays }: MailServerOptions): MailServer {
  const agenda = createAgenda<{ readonly step: Step; readonly message: Fields }>();
  let transmission = newTransmission(random);
  let recipientsLeft = between(random, 1, 50);

  const inject = (atMs: number): SimulatedEvent => {
    if (recipientsLeft === 0) {
      transmission = newTransmission(random);
      recipientsLeft = between(random, 1, 50);
    }
    recipientsLeft -= 1;
    const message = newMessage(random, transmission);
    for (const step of planLife(random, delays, atMs)) agenda.plan(step.atMs, { step, message });
    return toEvent(random, { type: "injection", atMs, fields: {} }, message);
  };

  return {
    next: (nowMs) => {
      const due = agenda.takeDue(nowMs);
      return due === undefined ? inject(Math.max(startMs, nowMs)) : toEvent(random, due.step, due.message);
    },
  };
}

const CATALOGUE = createCatalogue();

/** Of what is known, an event shows the fields that the catalogue lists for its type. */
function toEvent(random: Random, { type, atMs, fields }: Step, message: Fields): SimulatedEvent {
  const entry = CATALOGUE.types.get(type);
  if (entry === undefined) throw new Error(`${type} is not in the event catalogue: add it there`);
  const record: Record<string, unknown> = {
    type,
    timestamp: (atMs / 1_000).toFixed(3),
    event_id: digits(random, 17),
  };
  for (const field of entry.fields.keys()) {
    const value = fields[field] ?? message[field];
    if (value !== undefined) record[field] = value;
  }
  return {
    type,
    atMs,
    messageId: String(message["message_id"]),
    text: JSON.stringify({ msys: { [entry.class]: record } }),
  };
}
