import { attemptWords } from "./attempt-words.ts";
import type { AttemptFacts } from "./attempt-words.ts";

const FAILED: AttemptFacts = { outcome: "failed", status: null, error_code: null, message: null, latency_ms: null };

test.each<[Partial<AttemptFacts>, string]>([
  [{ outcome: "delivered", status: 204 }, "The target took it (204)."],
  [{ status: 302 }, "redirects are not followed"],
  [{ status: 401 }, "check the authentication (401)"],
  [{ status: 404 }, "nothing at this URL"],
  [{ status: 418 }, "The target refused it (418)."],
  [{ status: 500 }, "The target failed on its side (500)."],
  [{ error_code: "ETIMEDOUT", latency_ms: 6_003 }, "The target did not answer within 6 s."],
  [{ error_code: "ETIMEDOUT" }, "The target did not answer in time."],
  [{ error_code: "ECONNREFUSED" }, "Nothing listens at the target's address"],
  [{ error_code: "ENOTFOUND" }, "The name of the target is not known"],
  [{ error_code: "ESERVFAIL" }, "could not be looked up"],
  [{ error_code: "CERT_HAS_EXPIRED" }, "has expired"],
  [{ error_code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }, "nobody who is trusted"],
  [{ error_code: "ERR_TLS_CERT_ALTNAME_INVALID" }, "for another name"],
  [{ error_code: "HPE_INVALID_CONSTANT" }, "not HTTP"],
  [{ error_code: "EODD", message: "odd" }, "odd"],
  [{ message: "No token to be had" }, "No token to be had"],
  [{}, "The attempt failed."],
])("%j reads %s", (facts, part) => {
  expect(attemptWords({ ...FAILED, ...facts }).text).toContain(part);
});

test("the code stays for who searches for it, and only where there was no answer", () => {
  expect(attemptWords({ ...FAILED, error_code: "ETIMEDOUT" }).code).toBe("ETIMEDOUT");
  expect(attemptWords({ ...FAILED, status: 500 }).code).toBeNull();
});

test("what Posthorn broke is not the target's", () => {
  const words = attemptWords({ ...FAILED, outcome: "broken", message: "Redis went away" });
  expect(words.text).toBe("Redis went away");
});
