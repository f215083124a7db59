import cliProgress from "cli-progress";

export interface Progress {
  update(accepted: number): void;
  /** Shows trouble, e.g. why a request is being repeated. */
  trouble(text: string): void;
  end(): void;
}

const PLAIN_LINE_EVERY_MS = 5_000;

/** A bar on a terminal; otherwise, or when nobody knows the total, a plain line every few seconds. */
export function createProgress(output: NodeJS.WriteStream, total: number | null): Progress {
  return output.isTTY && total !== null ? bar(output, total) : lines(output, total);
}

function bar(output: NodeJS.WriteStream, total: number): Progress {
  const format = "{bar} {percentage}% | {value}/{total} events | {eta_formatted} left {trouble}";
  const shown = new cliProgress.SingleBar({ format, stream: output }, cliProgress.Presets.shades_classic);
  shown.start(total, 0, { trouble: "" });
  return {
    update: (accepted) => shown.update(accepted, { trouble: "" }),
    trouble: (text) => shown.update({ trouble: `| ${text}` }),
    end: () => shown.stop(),
  };
}

function lines(output: NodeJS.WriteStream, total: number | null): Progress {
  let accepted = 0;
  let lastTrouble = "";
  const ofTotal = total === null ? "" : ` of ${total.toLocaleString("en")}`;
  const timer = setInterval(() => {
    output.write(`${accepted.toLocaleString("en")}${ofTotal} events accepted\n`);
  }, PLAIN_LINE_EVERY_MS);
  return {
    update: (now) => {
      accepted = now;
      lastTrouble = "";
    },
    trouble: (text) => {
      // A line per repeat would drown the rest.
      if (text !== lastTrouble) output.write(`${text}\n`);
      lastTrouble = text;
    },
    end: () => clearInterval(timer),
  };
}
