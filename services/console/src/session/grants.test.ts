import { grantsAllow as inCore } from "@posthorn/core";
import type { Grant } from "@posthorn/api/views";
import { grantsAllow } from "./grants.ts";

const GRANTS: readonly Grant[] = ["webhooks/view", "webhooks/modify", "events/ingest", "admin"];

test("buttons are shown by the rule that the API applies", () => {
  for (const held of GRANTS) {
    for (const needed of GRANTS) expect(grantsAllow([held], needed)).toBe(inCore([held], needed));
  }
  expect(grantsAllow([], "webhooks/view")).toBe(false);
});
