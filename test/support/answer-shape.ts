/** An answer of the API, however it was read. */
export interface SeenAnswer {
  readonly status: number;
  readonly header: (name: string) => string | null | undefined;
  readonly text: string;
}

/** What is not in the API's shape in an answer; `undefined` = nothing. */
export function shapeProblem({ status, header, text }: SeenAnswer): string | undefined {
  if (status >= 500) return `the status is ${status}`;
  if ((header("x-request-id") ?? "") === "") return "it has no X-Request-ID";
  if (text === "") return undefined;
  const contentType = header("content-type") ?? "";
  if (!contentType.startsWith("application/json")) return `its Content-Type is ${contentType}`;
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return "its body is no JSON";
  }
  const { results, errors, openapi } = content as Readonly<Record<string, unknown>>;
  if (status < 400) return results === undefined && openapi === undefined ? "it has no results" : undefined;
  const isTold = Array.isArray(errors) && errors.length > 0 && errors.every(isError);
  return isTold ? undefined : "it has no errors with a message each";
}

function isError(error: unknown): boolean {
  return typeof (error as { message?: unknown } | null)?.message === "string";
}
