/** A problem in the API's words, with `subject` in the place of the field's name there. What is only missing is said shortly. */
export function problemWords(message: string, param: string, subject: string): string {
  if (/^\S+ is (?:required|not allowed to be empty)$/.test(message)) return "Fill this in.";
  return message.startsWith(`${param} `) ? `${subject}${message.slice(param.length)}` : message;
}
