import type { Documentation } from "@posthorn/api/views";
import { chosenShare, eventGroups, strangersIn, typesOf, withChoice } from "./event-groups.ts";
import { matchingFields, searchGroups } from "./search-groups.ts";

const DOCUMENTED: Documentation = {
  message_event: {
    display_name: "Message Events",
    description: "What happens on the way.",
    events: {
      delivery: { display_name: "Delivery", description: "It was taken.", on_premises: true, event: {} },
      bounce: {
        display_name: "Bounce",
        description: "Refused for good.",
        on_premises: true,
        event: { reason: { description: "Why it was refused.", sampleValue: "550 no" } },
      },
    },
  },
  track_event: {
    display_name: "Engagement Events",
    description: "What recipients do.",
    events: {
      open: {
        display_name: "Open",
        description: "Somebody looked.",
        on_premises: true,
        event: { user_agent: { description: "The client that opened it.", sampleValue: "Mozilla" } },
      },
    },
  },
};

const groups = eventGroups(DOCUMENTED);

test("groups come in the API's order, with their types and fields", () => {
  expect(groups.map(({ className, title }) => [className, title])).toEqual([
    ["message_event", "Message Events"],
    ["track_event", "Engagement Events"],
  ]);
  expect(typesOf(groups)).toEqual(["delivery", "bounce", "open"]);
  expect(groups[0]?.types[1]).toEqual({
    type: "bounce",
    title: "Bounce",
    description: "Refused for good.",
    onPremises: true,
    fields: [{ name: "reason", description: "Why it was refused.", sample: "550 no" }],
  });
});

test("a group's check box shows none, some or all", () => {
  const [messages] = groups;
  expect(chosenShare(messages?.types ?? [], new Set())).toBe("none");
  expect(chosenShare(messages?.types ?? [], new Set(["bounce", "open"]))).toBe("some");
  expect(chosenShare(messages?.types ?? [], new Set(["bounce", "delivery"]))).toBe("all");
});

test("a click on a group changes its types and no others", () => {
  expect(withChoice(["open", "bounce"], ["delivery", "bounce"], true)).toEqual(["open", "delivery", "bounce"]);
  expect(withChoice(["open", "bounce"], ["delivery", "bounce"], false)).toEqual(["open"]);
});

test("types that the catalogue no longer has are told apart", () => {
  expect(strangersIn(["bounce", "acme_sent"], groups)).toEqual(["acme_sent"]);
});

describe("a search", () => {
  const found = (query: string, inFields = false): string[] => typesOf(searchGroups(groups, query, { inFields }));

  test("finds types by name, title, description and group, whatever the case", () => {
    expect(found("")).toEqual(["delivery", "bounce", "open"]);
    expect(found("BOUN")).toEqual(["bounce"]);
    expect(found("refused for")).toEqual(["bounce"]);
    expect(found("engagement")).toEqual(["open"]);
    expect(found("message deliv")).toEqual(["delivery"]);
    expect(found("no such thing")).toEqual([]);
  });

  test("looks into fields where it is asked to, and tells which they are", () => {
    expect(found("user_agent")).toEqual([]);
    expect(found("user_agent", true)).toEqual(["open"]);
    expect(found("open user_agent", true)).toEqual(["open"]);
    const fields = groups[1]?.types[0]?.fields ?? [];
    expect(matchingFields(fields, "client").map(({ name }) => name)).toEqual(["user_agent"]);
    expect(matchingFields(fields, " ")).toEqual([]);
  });
});
