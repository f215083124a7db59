/** The types that a webhook gets, in few words; `known` = how many there are. */
export function eventWords(events: readonly string[], known: number | undefined): string {
  if (known !== undefined && events.length >= known) return `All ${events.length} event types`;
  const [first, second] = events;
  if (first === undefined) return "No event types";
  if (second === undefined) return first;
  return events.length === 2 ? `${first}, ${second}` : `${first} and ${events.length - 1} more`;
}
