import type { Request, Response } from "express";
import { DomainError, SUBACCOUNT_MAX } from "@posthorn/core";
import { callerOf } from "./caller.ts";

const HEADER = "X-MSYS-SUBACCOUNT";

/**
 * The subaccount that a call is made for: `undefined` = all, `0` = the primary account only. The header says which; a
 * key that is bound to a subaccount needs none, and no header widens it. Throws `INVALID` or `FORBIDDEN`.
 */
export function callScope(request: Request, response: Response): number | undefined {
  const { subaccountId: bound } = callerOf(response);
  const text = request.get(HEADER)?.trim();
  if (text === undefined || text === "") return bound ?? undefined;
  const named = /^\d{1,10}$/.test(text) ? Number(text) : Infinity;
  if (named > SUBACCOUNT_MAX) {
    throw new DomainError("INVALID", [
      { message: `${HEADER} is the number of a subaccount, or 0 for the primary account`, param: HEADER, value: text },
    ]);
  }
  if (bound !== null && named !== bound) {
    throw new DomainError("FORBIDDEN", [
      {
        message: "Forbidden.",
        description: `This API key is bound to subaccount ${bound}: leave ${HEADER} out, or use another key`,
        param: HEADER,
        value: text,
        code: "1100",
      },
    ]);
  }
  return named;
}
