import { Suspense, lazy } from "react";
import { Paper, Skeleton } from "@mantine/core";
import { ChartBoundary } from "./chart-boundary.tsx";
import type { ChartRow } from "./chart-rows.ts";
import { isBlank, isFlat } from "./chart-rows.ts";
import classes from "./time-chart.module.css";

/** The largest chunk of all, without a time limit: the page is there meanwhile. */
const ChartCanvas = lazy(async () => ({ default: (await import("./chart-canvas.tsx")).ChartCanvas }));

export interface ChartSeries {
  /** The column of the rows. */
  readonly name: string;
  readonly label: string;
  /** Bars stand on each other. */
  readonly kind: "line" | "area" | "bar";
  readonly color: string;
}

export interface TimeChartProps {
  readonly title: string;
  /** What the chart shows, in words: for who does not see it, and for who has no time. */
  readonly summary: string;
  /** `undefined` until they are known. */
  readonly rows: readonly ChartRow[] | undefined;
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  /** Said in place of a chart without values. */
  readonly empty: string;
  /** Zeros are worth a line, where they are not just nothing. */
  readonly withZeros?: boolean;
  readonly stepMs: number;
  /** The end of the scale where it does not follow the values. */
  readonly top?: number;
}

const HEIGHT = 180;

/** Values over time. The room that it takes is the same while it loads, with values and without. */
export function TimeChart(props: TimeChartProps) {
  const { title, summary, rows, series } = props;
  return (
    <Paper component="figure" className={classes["figure"] ?? ""} p="md" m={0}>
      <div className={classes["head"]}>
        <h3 className={classes["title"]}>{title}</h3>
        <ul className={classes["legend"]} aria-label="Legend">
          {series.map(({ name, label, kind, color }) => (
            <li key={name}>
              <span className={classes["swatch"]} data-kind={kind} style={{ background: color }} />
              {label}
            </li>
          ))}
        </ul>
      </div>
      <figcaption className={classes["summary"]}>{rows === undefined ? "Loading …" : summary}</figcaption>
      <div className={classes["canvas"]} aria-hidden>
        <Drawing {...props} />
      </div>
    </Paper>
  );
}

function Drawing({ rows, series, format, empty, top, stepMs, withZeros = false }: TimeChartProps) {
  const waiting = <Skeleton h={HEIGHT} radius="sm" />;
  if (rows === undefined) return waiting;
  if (withZeros ? isBlank(rows) : isFlat(rows)) return <div className={classes["empty"]}>{empty}</div>;
  const missing = <div className={classes["empty"]}>The chart did not come: load the page again to see it</div>;
  return (
    <ChartBoundary fallback={missing}>
      <Suspense fallback={waiting}>
        <ChartCanvas {...{ rows, series, format, stepMs, top }} height={HEIGHT} />
      </Suspense>
    </ChartBoundary>
  );
}
