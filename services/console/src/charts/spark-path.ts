/** The outline of values as the path of an SVG of this size, highest value at the top; empty without values. */
export function sparkPath(
  values: readonly number[],
  { width, height }: { readonly width: number; readonly height: number },
): string {
  if (values.length < 2) return "";
  const top = Math.max(...values);
  const step = width / (values.length - 1);
  const points = values.map((value, index) => {
    const y = top === 0 ? height : height - (value / top) * height;
    return `${rounded(index * step)},${rounded(y)}`;
  });
  return `M${points.join("L")}`;
}

/** Below a pixel nothing is seen, and paths are long. */
function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}
