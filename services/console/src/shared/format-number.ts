const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** `12,345`. */
export function count(value: number): string {
  return whole.format(value);
}

/** `12.3K`, for where there is little room; small numbers stay as they are. */
export function shortCount(value: number): string {
  return value < 10_000 ? whole.format(value) : short.format(value);
}

/** `1 batch`, `1,204 batches`. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

/** A rate that may be below one: `0.4`, `17`, `1,204`. */
export function rate(value: number): string {
  if (value === 0) return "0";
  if (value < 0.1) return "<0.1";
  return value < 10 ? value.toFixed(1).replace(/\.0$/, "") : shortCount(Math.round(value));
}

/** `1.5 MB`; units of 1,024, as Posthorn's settings and commands have them. */
export function bytes(value: number): string {
  let unit = 0;
  let rest = value;
  while (rest >= 1_023.5 && unit < BYTE_UNITS.length - 1) {
    rest /= 1_024;
    unit += 1;
  }
  const text = unit === 0 || rest >= 100 ? String(Math.round(rest)) : rest.toFixed(1).replace(/\.0$/, "");
  return `${text} ${BYTE_UNITS[unit]}`;
}

/** `99.4 %` of a share from 0 to 1; what is not all is never shown as all. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 100 || value === 0) return `${value} %`;
  const text = value.toFixed(1);
  if (text === "100.0") return ">99.9 %";
  if (text === "0.0") return "<0.1 %";
  return `${text.replace(/\.0$/, "")} %`;
}
