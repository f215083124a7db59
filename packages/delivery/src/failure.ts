import type { AttemptOutcome } from "@posthorn/core";
import { readyAtMs } from "./agents.ts";
import { unreachableReason } from "./classify.ts";
import { errorCodeOf } from "./error-code.ts";
import { isOurShortage } from "./our-shortage.ts";
import type { PostError } from "./post.ts";
import type { Upload } from "./upload.ts";

interface Circumstances {
  readonly upload: Upload;
  readonly isTimedOut: boolean;
  /** Ended by the caller's signal. */
  readonly isStopped: boolean;
  readonly latencyMs: number;
}

/** What an attempt without an answer says of the target, if anything. */
export function failureOf(result: PostError, circumstances: Circumstances): AttemptOutcome {
  const { upload, isTimedOut, isStopped, latencyMs } = circumstances;
  const brokenBody = upload.failure();
  if (brokenBody !== undefined) return { kind: "broken", reason: "ours", message: brokenBody.message, latencyMs };
  if (isTimedOut) {
    return {
      kind: "unreachable",
      reason: "timeout",
      errorCode: "ETIMEDOUT",
      message: "no answer within the time of an attempt",
      latencyMs,
      stalledUpload: isStalledUpload(result, upload, latencyMs),
    };
  }
  if (isStopped) return { kind: "broken", reason: "ours", message: "the attempt was stopped", latencyMs };
  const errorCode = errorCodeOf(result.error);
  const message = result.error instanceof Error && result.error.message !== "" ? result.error.message : errorCode;
  if (isOurShortage(errorCode)) return { kind: "broken", reason: "ours", message, latencyMs };
  return {
    kind: "unreachable",
    reason: unreachableReason(errorCode),
    errorCode,
    message,
    latencyMs,
    stalledUpload: false,
  };
}

/** True when the target was connected and spent most of the attempt not taking a body that it still has not got. */
function isStalledUpload({ request }: PostError, upload: Upload, latencyMs: number): boolean {
  if (request === undefined || request.writableFinished) return false;
  const readyAt = readyAtMs(request);
  return readyAt !== undefined && upload.waitedForTargetMs(readyAt) > latencyMs / 2;
}
