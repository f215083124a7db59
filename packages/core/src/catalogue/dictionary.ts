import { ENGAGEMENT_DOCS } from "./dictionary/engagement.ts";
import { FAILURE_DOCS } from "./dictionary/failure.ts";
import { IDENTITY_DOCS } from "./dictionary/identity.ts";
import { MESSAGE_DOCS } from "./dictionary/message.ts";
import { ON_PREMISES_DOCS } from "./dictionary/on-premises.ts";
import { ORIGIN_DOCS } from "./dictionary/origin.ts";
import { RESULT_DOCS } from "./dictionary/results.ts";
import { SMS_DOCS } from "./dictionary/sms.ts";
import type { FieldDoc } from "./event-field.ts";

/**
 * What each field of the built-in types means, with its value in the samples. These tell one imaginary message's life:
 * injected at 14:25:07, delayed after 2 s, delivered (or bounced) after 5 minutes, opened and clicked two hours later.
 * A type's own definition says what is different there.
 */
export const DICTIONARY: ReadonlyMap<string, FieldDoc> = new Map(
  [
    IDENTITY_DOCS,
    ORIGIN_DOCS,
    MESSAGE_DOCS,
    FAILURE_DOCS,
    ENGAGEMENT_DOCS,
    SMS_DOCS,
    ON_PREMISES_DOCS,
    RESULT_DOCS,
  ].flatMap((docs) => Object.entries(docs)),
);
