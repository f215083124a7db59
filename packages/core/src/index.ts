export { HEALTHY, judge, scheduledDelayMs, splitFloorBytes, withJitter } from "./judge.ts";
export type { Failing, Judgement, RetryRules, TriedBatch, Verdict, WebhookHealth } from "./judge.ts";
export { apiKeyId, batchId, webhookId } from "./ids.ts";
export type { ApiKeyId, BatchId, RequestId, WebhookId } from "./ids.ts";
export { admit, admitHolder, GRANTS, grantsAllow, idOfKeyText, mintKey, shortKey } from "./api-key.ts";
export type { Admission, ApiKey, Grant, MintedKey } from "./api-key.ts";
export { LABEL_MAX as KEY_LABEL_MAX, parseApiKeyInput } from "./api-key-input.ts";
export type { ApiKeyInput, ParsedApiKeyInput } from "./api-key-input.ts";
export { viewApiKey, viewNewApiKey } from "./api-key-view.ts";
export type { ApiKeyView, NewApiKeyView } from "./api-key-view.ts";
export { backlogLimits, backlogShare, backlogWarning, describeBacklog, totalOf, viewBacklog } from "./backlog.ts";
export type { BacklogFill, BacklogLimits, BacklogSettings, BacklogShare, BacklogView, RedisMemory } from "./backlog.ts";
export type { Chunk } from "./chunk.ts";
export { mergeTexts } from "./merge-texts.ts";
export type { TextPart } from "./merge-texts.ts";
export { planPacking, savedBytes } from "./plan-packing.ts";
export type { PackingStep, StoredRange } from "./plan-packing.ts";
export { CLOCK_JUMP_MIN_MS, clockJumpMs, expectedClockMs } from "./clock-jump.ts";
export type { ClockReading } from "./clock-jump.ts";
export { chooseConfirmation, describeDurability, fsyncRefusal, isOnDisk, weakestPersistence } from "./durability.ts";
export type { Confirmation, Durability, RedisPersistence } from "./durability.ts";
export { describeOutcome } from "./describe-outcome.ts";
export { isSuccess } from "./outcome.ts";
export type { AttemptOutcome, BrokenReason, UnreachableReason } from "./outcome.ts";
export { DomainError } from "./problem.ts";
export type { DomainErrorCode, Problem, TargetResponse } from "./problem.ts";
export { EVERY_SUBACCOUNT, WEBHOOK_DEFAULTS } from "./webhook.ts";
export type { Sealed, Signing, SubaccountScope, TargetAuth, Webhook } from "./webhook.ts";
export { resealWebhook } from "./reseal-webhook.ts";
export { shownAccess } from "./shown-access.ts";
export { openTarget, tokenKeyOf } from "./target-access.ts";
export type { OpenedAuth, TargetAccess } from "./target-access.ts";
export { createSecretBox } from "./secret-box.ts";
export type { SecretBox } from "./secret-box.ts";
export { CHUNK_BYTES_MAX, groupEvents, groupForOne } from "./group-events.ts";
export type { EventGroup, GroupedEvents } from "./group-events.ts";
export { archiveFileName, parseArchiveFileName } from "./archive-file.ts";
export type { ArchiveFile } from "./archive-file.ts";
export { createEventLines } from "./json/event-lines.ts";
export { scanEvents } from "./json/scan-events.ts";
export type { EventFormat, EventScan, ScannedEvents } from "./json/scan-events.ts";
export { sizeText } from "./size-text.ts";
export { parseJson } from "./json/parse-json.ts";
export type { ParsedJson } from "./json/parse-json.ts";
export { NESTING_MAX } from "./json/skip-value.ts";
export { buildRoutingTable, routeOf } from "./routing.ts";
export type { Route, Routed, RoutingTable, TypeRoutes } from "./routing.ts";
export { isInScope, PRIMARY_ACCOUNT, SUBACCOUNT_MAX, UNNAMED_SUBACCOUNT } from "./subaccount.ts";
export { createCatalogue } from "./catalogue/catalogue.ts";
export type { Catalogue } from "./catalogue/catalogue.ts";
export { documentation } from "./catalogue/documentation.ts";
export type { ClassView, Documentation, EventTypeView } from "./catalogue/documentation.ts";
export type { EventField } from "./catalogue/event-field.ts";
export type { BuiltInClass, ClassDoc, EventType } from "./catalogue/event-type.ts";
export { parseEventTypes } from "./catalogue/parse-event-types.ts";
export type { ParsedEventTypes } from "./catalogue/parse-event-types.ts";
export { samples } from "./catalogue/samples.ts";
export type { SampleEvent } from "./catalogue/samples.ts";
export { OVERLAP_SECONDS_DEFAULT, readCreate, readUpdate, rotate } from "./webhook-change.ts";
export type { ChangeTools, WebhookChange } from "./webhook-change.ts";
export { isSame, openReadable, openSettings, sealSettings, DEFAULT_SETTINGS } from "./webhook-settings.ts";
export type { WebhookSettings } from "./webhook-settings.ts";
export { isSameText } from "./same-text.ts";
export { MASK } from "./mask.ts";
export { createSigner } from "./signature.ts";
export type { SignatureHeaders, Signer } from "./signature.ts";
export { generateSigningSecret, parseSigningSecret } from "./signing-secret.ts";
export { detailLinks, isTimeZone, validateLinks, viewWebhook, webhookLinks } from "./webhook-view.ts";
export type { LastAttempts, Link, WebhookView } from "./webhook-view.ts";
export { BYTES_MAX as HEADER_BYTES_MAX, HEADERS_MAX } from "./custom-headers.ts";
export {
  CA_MAX,
  CONCURRENCY_MAX,
  CREDENTIAL_MAX,
  EXCEPTIONS_MAX,
  NAME_MAX as WEBHOOK_NAME_MAX,
  OVERLAP_SECONDS_MAX,
  RATE_LIMIT_MAX,
  TARGET_MAX,
  TOKEN_MAX,
} from "./webhook-input.ts";
export { parseUrl } from "./parse-url.ts";
export { idleMs, UNWATCHED, watchQueue } from "./queue-watch.ts";
export type { QueueLook, QueueWatch } from "./queue-watch.ts";
export { takeCredentials } from "./target-credentials.ts";
export { definitionId, parseDefinitions, parseDefinitionsText, readDefinitions } from "./definitions-file.ts";
export type { DefinitionEntry, DefinitionsFile, Identity } from "./definitions-file.ts";
export { planDefinitions } from "./plan-definitions.ts";
export type { DefinitionsMode, DefinitionsPlan, DefinitionStep, PlanRequest } from "./plan-definitions.ts";
export type { KnownWebhook } from "./match-definitions.ts";
export type {
  CreatedDefinition,
  DefinitionsReport,
  FailedDefinition,
  NamedDefinition,
  UpdatedDefinition,
} from "./definitions-report.ts";
export { exportedFields } from "./webhook-fields.ts";
export type { ExportedFields, FieldChange, SecretsShown, WebhookFields } from "./webhook-fields.ts";
