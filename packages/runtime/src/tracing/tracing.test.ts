import { batchSpanIds } from "./batch-span.ts";
import { createGivenIds } from "./given-ids.ts";
import { tracingConfig } from "./tracing-config.ts";

const UNSET = {
  endpoint: undefined,
  tracesEndpoint: undefined,
  protocol: "http/protobuf",
  tracesProtocol: undefined,
  isDisabled: false,
} as const;

test("an endpoint turns tracing on, the one for traces counts more, and the SDK can be disabled", () => {
  expect(tracingConfig(UNSET)).toBeUndefined();
  const base = { ...UNSET, endpoint: "http://collector:4318/" };
  expect(tracingConfig(base)).toEqual({ url: "http://collector:4318/v1/traces", protocol: "http/protobuf" });
  expect(tracingConfig({ ...base, tracesEndpoint: "https://traces/otlp", tracesProtocol: "http/json" })).toEqual({
    url: "https://traces/otlp",
    protocol: "http/json",
  });
  expect(tracingConfig({ ...base, isDisabled: true })).toBeUndefined();
});

test("a batch has the same ids everywhere, and its trace is found by its id", () => {
  const ids = batchSpanIds("1CC94EF0-ab17-41e4-b135-0ff9de159aa7");
  expect(ids.traceId).toBe("1cc94ef0ab1741e4b1350ff9de159aa7");
  expect(ids.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(batchSpanIds("1CC94EF0-ab17-41e4-b135-0ff9de159aa7")).toEqual(ids);
});

test("given ids are for the one span that is started with them", () => {
  const ids = createGivenIds({ generateTraceId: () => "random-trace", generateSpanId: () => "random-span" });
  const start = (): string => `${ids.generateTraceId()} ${ids.generateSpanId()}`;
  expect(ids.withIds({ traceId: "a", spanId: "b" }, start)).toBe("a b");
  expect(start()).toBe("random-trace random-span");
  expect(() =>
    ids.withIds({ traceId: "a", spanId: "b" }, () => {
      throw new Error("not started");
    }),
  ).toThrow("not started");
  expect(start()).toBe("random-trace random-span");
});
