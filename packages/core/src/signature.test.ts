import { Webhook } from "standardwebhooks";
import { createSigner } from "./signature.ts";
import { generateSigningSecret } from "./signing-secret.ts";
import { randomBytes } from "node:crypto";

const ID = "11111111-1111-4111-8111-111111111111";
const secret = (): string => generateSigningSecret(randomBytes);
const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

test("the example of the specification's own libraries is signed as they sign it", () => {
  const signer = createSigner(
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    1_614_265_330,
  );
  signer.update(Buffer.from('{"test": 2432232314}'));
  expect(signer.headers()).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test("a message signed in parts is accepted by the published package, one that was altered is not", () => {
  const key = secret();
  const signer = createSigner([key], ID, nowSeconds());
  const body = '[{"msys":{"x":"é"}}]';
  // Cut in the middle of a character.
  const bytes = Buffer.from(body);
  for (const part of [bytes.subarray(0, 16), bytes.subarray(16)]) signer.update(part);
  const headers = signer.headers();
  expect(new Webhook(key).verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(key).verify(`${body} `, headers)).toThrow("No matching signature");
  expect(() => new Webhook(key).verify(body, { ...headers, "webhook-id": "other" })).toThrow("No matching signature");
  expect(() => new Webhook(secret()).verify(body, headers)).toThrow("No matching signature");
});

test("while two secrets overlap, each of them verifies, and the current one signs first", () => {
  const [current, previous] = [secret(), secret()];
  const sign = (...secrets: string[]): string => {
    const signer = createSigner(secrets, ID, nowSeconds());
    signer.update(Buffer.from("[]"));
    return signer.headers()["webhook-signature"];
  };
  const signature = sign(current, previous);
  expect(signature).toBe(`${sign(current)} ${sign(previous)}`);
  const headers = { "webhook-id": ID, "webhook-timestamp": String(nowSeconds()), "webhook-signature": signature };
  for (const key of [current, previous]) expect(new Webhook(key).verify("[]", headers)).toEqual([]);
});

test("what is no secret is refused without being named", () => {
  expect(() => createSigner(["whsec_short"], ID, 1)).toThrow(/^a stored signing secret is not whsec_ and base64/);
});
