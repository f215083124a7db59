import type { TargetAccess } from "@posthorn/core";
import { previewRequest, TEST_BATCH_ID } from "@posthorn/delivery";
import type { RequestView } from "./request-view.ts";

/** Shows a POST with this body before it is made. */
export function viewRequest(options: {
  readonly access: TargetAccess;
  readonly body: Buffer;
  readonly userAgent: string;
  readonly nowMs: number;
}): RequestView {
  const { access, body, userAgent, nowMs } = options;
  const { url, headers } = previewRequest({
    access,
    batchId: TEST_BATCH_ID,
    bodyBytes: body.length,
    userAgent,
    nowMs,
  });
  return { method: "POST", url, headers, body: body.toString("utf8") };
}
