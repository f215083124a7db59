import { randomUUID } from "node:crypto";
import type { RequestHandler } from "express";

/** Every answer carries an id under which the log tells of the request. */
export const requestId: RequestHandler = (_request, response, next) => {
  const id = randomUUID();
  response.locals["requestId"] = id;
  response.set("X-Request-ID", id);
  next();
};
