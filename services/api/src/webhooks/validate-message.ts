import { DomainError } from "@posthorn/core";

/**
 * What `POST …/validate` is to send to the target: the value of `message`, an event or a list of events, or a body that
 * is the list itself (facts §1.7). Throws `INVALID`.
 */
export function readMessage(body: unknown): Buffer {
  const message = isObject(body) && !Array.isArray(body) ? (body as Record<string, unknown>)["message"] : body;
  if (!isObject(message)) {
    throw new DomainError("INVALID", [
      {
        message:
          'message has to be an event such as {"msys":{}}, or a list of events; it is sent to the target as it is',
        param: "message",
      },
    ]);
  }
  return Buffer.from(JSON.stringify(message));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
