import { GRANTS, MASK } from "@posthorn/core";

/** What a newcomer has to know before the first call; Markdown. */
export const INTRODUCTION = `
Posthorn takes the events of a mail server and POSTs them, in batches, to the URLs that people registered as
*webhooks*. Its Webhooks API is that of Momentum 4 and SparkPost; what these do not have is marked \`x-posthorn\`.

**Your first webhook.** Press *Authorize* and give your API key, then create a webhook
(\`POST /api/v1/webhooks\`) with a target that answers POSTs with a 2xx status. Send an event
(\`POST /api/v1/events\`), and half a minute later your target gets a batch: a JSON list of events.

**Keys.** Send the API key in the \`Authorization\` header as it is, or as the user of HTTP Basic with an empty
password. A key can do what its grants say: ${GRANTS.map((grant) => `\`${grant}\``).join(", ")}.

**Answers.** Success is \`{"results": …}\`, failure \`{"errors": [{"message": …}]}\` with every problem at once; \`204\`
has no body. Every answer carries \`X-Request-ID\`. Paths work with a slash at the end, too; a method that a path does
not have is answered \`405\` with \`Allow\`.

**Secrets** are shown as \`${MASK}\`, and sent back as that they stay as they are: what GET answered can be changed in
part and PUT.
`.trim();

/** The groups of calls, in the order in which a page shows them. */
export const TAGS: readonly { readonly name: string; readonly description: string }[] = [
  { name: "Webhooks", description: "Targets and what they get." },
  { name: "Batches", description: "What waits for a webhook, and what became of it." },
  { name: "Definitions", description: "All webhooks as one file." },
  { name: "Event types", description: "What events there are, and what they look like." },
  { name: "Events", description: "Where a mail server sends its events." },
  { name: "API keys", description: "Who may do what." },
  { name: "Sessions", description: "Signing in to the console." },
  { name: "Operation", description: "How the process is, and this document." },
];
