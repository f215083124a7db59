import { MASK } from "@posthorn/core";
import type { DefinitionsReport, FieldChange } from "@posthorn/core";
import { describeProblem } from "../client/api-client.ts";
import { printable } from "../printable.ts";
import { table } from "../table.ts";

/** Longer values are cut: a certificate tells nobody anything. */
const VALUE_MAX = 100;

/** What came of an import, or would, for people: a line for each webhook that is touched, with what changes below. */
export function reportText(report: DefinitionsReport): string {
  const { created, updated, removed, unchanged, warnings, failed } = report;
  const secretOf = (signing: { readonly secret: string } | undefined): string[] =>
    signing === undefined ? [] : [`its signing secret, shown this once: ${signing.secret}`];
  const blocks = [
    ...created.map(({ id, name, signing }) => ({ row: ["created", name, id], below: secretOf(signing) })),
    ...updated.map(({ id, name, signing, changes }) => ({
      row: ["updated", name, id],
      below: [...changes.map(changeText), ...secretOf(signing)],
    })),
    ...removed.map(({ id, name }) => ({ row: ["removed", name, id], below: [] })),
    ...warnings.map(({ id, name, ...problem }) => ({
      row: ["warning", name, id],
      below: [describeProblem(problem), "It is stored all the same; with --insist it would not be."],
    })),
    ...failed.map(({ name, errors }) => ({ row: ["FAILED", name, ""], below: errors.map(describeProblem) })),
  ];
  const rows = table(
    ["", "NAME", "ID"],
    blocks.map(({ row }) => row),
  ).split("\n");
  const lines = blocks.flatMap(({ below }, index) => [
    rows[index + 1] ?? "",
    ...below.map((line) => `    ${printable(line)}`),
  ]);
  const counts = [
    `${created.length} created`,
    `${updated.length} updated`,
    `${removed.length} removed`,
    `${unchanged} unchanged`,
    `${failed.length} failed`,
  ];
  const sum = `${report.dry_run ? "A dry run, nothing was changed. It would be: " : ""}${counts.join(", ")}`;
  return [...(lines.length === 0 ? [] : [rows[0] ?? "", ...lines]), sum].join("\n");
}

function changeText({ field, from, to }: FieldChange): string {
  const [before, after] = [valueText(from), valueText(to)];
  return before === after && before.includes(MASK) ? `${field}: another secret` : `${field}: ${before} → ${after}`;
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.length <= VALUE_MAX ? text : `${text.slice(0, VALUE_MAX)}…`;
}
