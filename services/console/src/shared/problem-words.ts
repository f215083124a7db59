/** What the API calls a field → what the page calls it, in the words of a problem. What is only missing is said shortly. */
export function problemWords(message: string, param: string, subject: string): string {
  if (/^\S+ is (?:required|not allowed to be empty)$/.test(message)) return "Fill this in.";
  return message.startsWith(`${param} `) ? `${subject}${message.slice(param.length)}` : message;
}
