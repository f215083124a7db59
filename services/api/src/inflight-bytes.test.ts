import { DomainError } from "@posthorn/core";
import { createInflightBytes } from "./inflight-bytes.ts";

test("requests together hold no more than the limit, and what is given back can be taken again", () => {
  const inflight = createInflightBytes(100);
  const [one, two] = [inflight.open(), inflight.open()];
  one.reach(60);
  one.reach(10);
  two.reach(40);
  expect(() => two.reach(41)).toThrow(DomainError);
  expect(() => inflight.open().reach(1)).toThrow(/repeat the request/);
  one.release();
  one.release();
  two.reach(100);
  expect(() => one.reach(1)).toThrow(DomainError);
});

test("a refusal says when to come back and changes nothing", () => {
  const inflight = createInflightBytes(100);
  inflight.open().reach(99);
  const refused = inflight.open();
  for (let n = 0; n < 3; n++) {
    expect(() => refused.reach(2)).toThrow(expect.objectContaining({ code: "UNAVAILABLE", retryAfterSeconds: 1 }));
  }
  refused.reach(1);
});

test("alone, a request may be larger than the limit", () => {
  const inflight = createInflightBytes(100);
  const large = inflight.open();
  large.reach(50);
  large.reach(150);
  expect(() => inflight.open().reach(1)).toThrow(DomainError);
  large.release();
  inflight.open().reach(1);
  expect(() => inflight.open().reach(100)).toThrow(DomainError);
});
