import type { IncomingMessage } from "node:http";
import { DomainError } from "@posthorn/core";
import type { EventFormat } from "@posthorn/core";

/** How a request says its events are written: by `Content-Type`, else `fallback`. Throws `UNSUPPORTED_TYPE`. */
export function eventFormat(request: IncomingMessage, fallback: EventFormat): EventFormat {
  const header = request.headers["content-type"];
  if (header === undefined) return fallback;
  const [type = "", ...parameters] = header
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const charset = parameters.find((part) => part.startsWith("charset="));
  if (charset === undefined || /^charset="?utf-8"?$/.test(charset)) {
    if (/^application\/(x-)?(ndjson|jsonlines)$/.test(type)) return "ndjson";
    // Where lines are the rule, many senders call them JSON.
    if (type === "application/json") return fallback;
  }
  throw new DomainError("UNSUPPORTED_TYPE", [
    {
      message: "Send events with Content-Type: application/json or application/x-ndjson, in UTF-8",
      param: "Content-Type",
      value: header,
      code: "1700",
    },
  ]);
}
