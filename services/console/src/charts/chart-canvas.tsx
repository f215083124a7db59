import "@mantine/charts/styles.css";
import { CompositeChart } from "@mantine/charts";
import { clockTime } from "../shared/format-time.ts";
import type { ChartRow } from "./chart-rows.ts";
import type { ChartSeries } from "./time-chart.tsx";

export interface ChartCanvasProps {
  readonly rows: readonly ChartRow[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  readonly height: number;
  readonly top: number | undefined;
}

/** The drawing itself, with the library that it takes, in a chunk of its own. */
export function ChartCanvas({ rows, series, format, height, top }: ChartCanvasProps) {
  return (
    <CompositeChart
      h={height}
      data={[...rows]}
      dataKey="at"
      series={series.map(({ name, label, kind, color }) => ({ name, label, type: kind, color }))}
      valueFormatter={format}
      curveType="monotone"
      connectNulls={false}
      withDots
      // A value between two gaps has no line, and would not be seen.
      dotProps={{ r: 1.5, strokeWidth: 1 }}
      strokeWidth={2}
      maxBarWidth={18}
      gridAxis="x"
      tickLine="none"
      strokeDasharray="3 4"
      gridColor="var(--ph-line)"
      textColor="var(--mantine-color-dimmed)"
      accessibilityLayer={false}
      xAxisProps={{ tickFormatter: (at: number) => clockTime(at), minTickGap: 48, interval: "preserveStartEnd" }}
      yAxisProps={{
        width: 56,
        tickCount: 4,
        allowDecimals: false,
        tickMargin: 6,
        domain: [0, top ?? "auto"],
      }}
      tooltipProps={{ labelFormatter: (at) => clockTime(Number(at)) }}
      lineProps={{ isAnimationActive: false }}
      areaProps={{ isAnimationActive: false, fillOpacity: 0.18 }}
      barProps={{ isAnimationActive: false, fillOpacity: 0.75 }}
    />
  );
}
