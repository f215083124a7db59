import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { anyRequest } from "../../support/any-request.ts";
import type { AnyRequest } from "../../support/any-request.ts";
import { anyIngest } from "./any-ingest.ts";
import type { IngestRequest } from "./any-ingest.ts";
import { anyRaw } from "./any-raw.ts";
import type { RawRequest } from "./any-raw.ts";

export type FuzzRequest =
  | { readonly kind: "call"; readonly request: AnyRequest }
  | { readonly kind: "ingest"; readonly request: IngestRequest }
  | { readonly kind: "raw"; readonly request: RawRequest };

export const fuzzRequest: fc.Arbitrary<FuzzRequest> = fc.oneof(
  { arbitrary: anyRequest.map((request) => ({ kind: "call", request }) as const), weight: 55 },
  { arbitrary: anyIngest.map((request) => ({ kind: "ingest", request }) as const), weight: 30 },
  { arbitrary: anyRaw.map((request) => ({ kind: "raw", request }) as const), weight: 15 },
);

const SHOWN_CHARS = 1_500;

/** The request as a line, for who wants to send it by hand. */
export function describeRequest({ kind, request }: FuzzRequest): string {
  if (kind !== "ingest") return `${kind} ${JSON.stringify(request)}`;
  const text = isUtf8(request.body) ? request.body.toString() : `base64:${request.body.toString("base64")}`;
  const body = text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS)}… (${request.body.length} bytes)`;
  return `${kind} ${JSON.stringify({ ...request, body })}`;
}
