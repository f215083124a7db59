import { createSecretBox } from "./secret-box.ts";
import type { Sealed } from "./webhook.ts";

const box = createSecretBox("first secret");

test("what was sealed is opened again, and is not readable in between", () => {
  for (const text of ["", "token", "grüße ☃"]) {
    const sealed = box.seal(text, "w1:auth_token");
    expect(sealed).toMatch(/^v1\.[\w-]{8}\.[\w-]{16}\.[\w-]+$/);
    expect(box.open(sealed, "w1:auth_token")).toBe(text);
  }
  expect(Buffer.from(box.seal("token", "w1").split(".")[3] ?? "", "base64url").includes("token")).toBe(false);
});

test("the same text is sealed differently each time", () => {
  expect(box.seal("token", "w1")).not.toBe(box.seal("token", "w1"));
});

test("a text sealed for one webhook cannot be opened for another", () => {
  const sealed = box.seal("token", "w1:auth_token");
  expect(() => box.open(sealed, "w2:auth_token")).toThrow(/altered or moved/);
});

test("an altered, cut or foreign text is refused with words that tell what to do", () => {
  const [version, key, nonce, body = ""] = box.seal("token", "w1").split(".");
  const flipped = (body.startsWith("A") ? "B" : "A") + body.slice(1);
  expect(() => box.open(`${version}.${key}.${nonce}.${flipped}` as Sealed, "w1")).toThrow(/altered or moved/);
  expect(() => box.open(`${version}.${key}.${nonce}.` as Sealed, "w1")).toThrow(/altered or moved/);
  expect(() => box.open("nonsense" as Sealed, "w1")).toThrow(/POSTHORN_SECRET/);
});

test("another secret opens nothing and says so; given as the previous one it still opens", () => {
  const sealed = box.seal("token", "w1");
  expect(() => createSecretBox("second secret").open(sealed, "w1")).toThrow(/another POSTHORN_SECRET/);
  const rotated = createSecretBox("second secret", "first secret");
  expect(rotated.open(sealed, "w1")).toBe("token");
  expect(() => box.open(rotated.seal("token", "w1"), "w1")).toThrow(/another POSTHORN_SECRET/);
});

test("a text of the previous secret is sealed anew, and one of the current secret stays as it is", () => {
  const sealed = box.seal("token", "w1");
  const rotated = createSecretBox("second secret", "first secret");
  const anew = rotated.reseal(sealed, "w1");
  expect(createSecretBox("second secret").open(anew, "w1")).toBe("token");
  expect(rotated.reseal(anew, "w1")).toBe(anew);
  expect(() => rotated.reseal(sealed, "w2")).toThrow(/altered or moved/);
});

test("the check value is the same for holders of one secret only", () => {
  expect(createSecretBox("first secret").checkValue()).toBe(box.checkValue());
  expect(createSecretBox("second secret", "first secret").checkValue()).not.toBe(box.checkValue());
  expect(createSecretBox("second secret", "first secret").previousCheckValue()).toBe(box.checkValue());
  expect(box.previousCheckValue()).toBeUndefined();
});
