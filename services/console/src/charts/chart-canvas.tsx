import "@mantine/charts/styles.css";
import type { ComponentProps, ReactElement } from "react";
import { CompositeChart } from "@mantine/charts";
import { clockTime } from "../shared/format-time.ts";
import { clockTicks, isAlone } from "./chart-rows.ts";
import type { ChartRow } from "./chart-rows.ts";
import type { ChartSeries, TimeChartProps } from "./time-chart.tsx";

export interface ChartCanvasProps extends Pick<TimeChartProps, "series" | "format" | "stepMs"> {
  readonly rows: readonly ChartRow[];
  readonly height: number;
  readonly top: number | undefined;
}

type Series = ComponentProps<typeof CompositeChart>["series"][number];

/** The drawing itself, with the library that it takes, in a chunk of its own. */
export function ChartCanvas({ rows, series, format, stepMs, height, top }: ChartCanvasProps) {
  const lineOf = ({ name, color }: Series) => ({
    isAnimationActive: false,
    dot: (point: Point) => dotOf(point, isAlone(rows, name, point.index), color),
  });
  return (
    <CompositeChart
      h={height}
      data={[...rows]}
      dataKey="at"
      series={series.map(seriesOf)}
      valueFormatter={format}
      curveType="monotone"
      connectNulls={false}
      strokeWidth={2}
      maxBarWidth={14}
      gridAxis="x"
      tickLine="none"
      strokeDasharray="3 4"
      gridColor="var(--ph-line)"
      textColor="var(--mantine-color-dimmed)"
      accessibilityLayer={false}
      xAxisProps={{ ticks: clockTicks(rows, stepMs), tickFormatter: (at: number) => clockTime(at), interval: 0 }}
      yAxisProps={{
        width: 60,
        tickCount: top === undefined ? 4 : 5,
        allowDecimals: false,
        tickMargin: 6,
        domain: [0, top ?? "auto"],
      }}
      tooltipProps={{ labelFormatter: (at: unknown) => (typeof at === "number" ? clockTime(at) : "") }}
      lineProps={lineOf}
      areaProps={(one) => ({ ...lineOf(one), fillOpacity: 0.18 })}
      barProps={{ isAnimationActive: false, fillOpacity: 0.8, stackId: "bars" }}
    />
  );
}

function seriesOf({ name, label, kind, color }: ChartSeries): Series {
  return { name, label, type: kind, color };
}

interface Point {
  readonly index: number;
  readonly cx?: number;
  readonly cy?: number;
}

/** A dot only for a value that has no line, since it has no neighbours. */
function dotOf({ index, cx, cy }: Point, isShown: boolean, color: string | undefined): ReactElement {
  return isShown ? <circle key={index} cx={cx} cy={cy} r={2.5} fill={color} /> : <g key={index} />;
}
