/** The types that a webhook gets, in few words; `known` = how many there are. */
export function eventWords(events: readonly string[], known: number | undefined): string {
  if (known !== undefined && events.length >= known) return `All ${events.length} event types`;
  const [first, second] = events;
  if (first === undefined) return "No event types";
  if (second === undefined) return first;
  const rest = events.length - 2;
  return rest === 0 ? `${first}, ${second}` : `${first}, ${second} and ${rest} more`;
}
