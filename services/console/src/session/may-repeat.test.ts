import type { SessionView } from "@posthorn/api/views";
import { mayRepeat } from "./may-repeat.ts";

const session = (subaccount_id: number | null): SessionView => ({
  key: String(Math.random()),
  label: null,
  grants: ["admin"],
  subaccount_id,
  csrf_token: "token",
  expires_at: null,
  version: "1",
  queue_board: false,
});

test("a change is repeated for the same subaccount only, and only while somebody is signed in", () => {
  expect(mayRepeat(session(null), session(null))).toBe(true);
  expect(mayRepeat(session(7), session(7))).toBe(true);
  expect(mayRepeat(session(7), session(null))).toBe(false);
  expect(mayRepeat(session(null), session(0))).toBe(false);
  expect(mayRepeat(session(7), null)).toBe(false);
  expect(mayRepeat(undefined, session(7))).toBe(false);
});
