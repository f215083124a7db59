import { GRANTS } from "@posthorn/core";
import { failures } from "../failures.ts";
import { answer, emptyAnswer, jsonBody, KEY_SECURITY, NO_SECURITY } from "../operation.ts";
import type { Operation, Paths } from "../operation.ts";
import { ref, results } from "../schema.ts";

const EXAMPLE = {
  results: {
    key: "0f3a9c1d2b7e",
    label: "operations",
    grants: GRANTS,
    subaccount_id: null,
    csrf_token: "4cOwUcIDzz5sNOCeuF3jU5ucAdK4U3lGQx6ixm8R-8k",
    expires_at: "2026-03-03T09:40:11.000Z",
    version: "0.1.0",
    queue_board: false,
  },
};

function sessionCall(call: Omit<Operation, "tags" | "x-posthorn">): Operation {
  return { ...call, tags: ["Sessions"], "x-posthorn": true };
}

/** Signing in to the console. Programs send their key with each call instead. */
export const SESSION_PATHS: Paths = {
  "/api/v1/session": {
    post: sessionCall({
      operationId: "signIn",
      summary: "Sign in",
      description:
        "Shows an API key once; the answer sets a cookie that is good for the same calls as the key, until it has not " +
        "been used for twelve hours, or for a week. Needs no key beside the one in the body.",
      requestBody: jsonBody(ref("SessionInput"), { key: { value: { api_key: "ph_0f3a9c1d2b7e_…" } } }),
      responses: {
        200: answer("Signed in.", results(ref("Session")), EXAMPLE),
        ...failures(400, 401, 403, 413, 415, 429, 500, 503),
      },
      security: NO_SECURITY,
    }),
    get: sessionCall({
      operationId: "retrieveSession",
      summary: "Who is signed in",
      description:
        "Tells whose cookie or key it is, and what it may do. Needs a key or a session, with whatever grant.",
      responses: {
        200: answer("The session, or the key.", results(ref("Session")), EXAMPLE),
        ...failures(401, 500, 503),
      },
      security: KEY_SECURITY,
    }),
    delete: sessionCall({
      operationId: "signOut",
      summary: "Sign out",
      description: "Ends the session for good. Needs a key or a session, with whatever grant.",
      responses: { 204: emptyAnswer("Signed out."), ...failures(401, 403, 500, 503) },
      security: KEY_SECURITY,
    }),
  },
};
