import fc from "fast-check";
import { shapeProblem } from "../../../test/support/answer-shape.ts";
import { anyRequest, urlOf } from "../../../test/support/any-request.ts";
import { startApi } from "../../../test/support/api.ts";
import type { TestApi } from "../../../test/support/api.ts";
import { checkedFetch } from "../../../test/support/checked-fetch.ts";
import { startReceiver } from "../../../test/support/receiver.ts";
import type { Receiver } from "../../../test/support/receiver.ts";
import { freshDatabase } from "../../../test/support/stack.ts";

let api: TestApi;
let receiver: Receiver;
let id: string;
beforeAll(async () => {
  receiver = await startReceiver();
  api = await startApi(await freshDatabase(), { API_RATE_LIMIT: "0" });
  const { json } = await api.request("POST", "/api/v1/webhooks", {
    json: { name: "n", target: receiver.url, events: ["open"] },
  });
  ({ id } = json.results as { id: string });
});
afterAll(async () => {
  await api.stop();
  await receiver.close();
});

test("whatever is sent to whatever route, no answer is a 5xx or a page", async () => {
  await fc.assert(
    fc.asyncProperty(anyRequest, async (request) => {
      const { method, headers, body } = request;
      const answer = await checkedFetch(api.url, urlOf(request, id), {
        method,
        headers: { authorization: api.apiKey, ...headers },
        body,
        hasStrayQuery: true,
      });
      const { status, text } = answer;
      const problem = shapeProblem({ status, text, header: (name) => answer.headers.get(name) });
      expect({ problem, status, text }).toEqual({ problem: undefined, status, text });
    }),
    { numRuns: 600 },
  );
}, 120_000);
