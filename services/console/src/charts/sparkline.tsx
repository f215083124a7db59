import { memo } from "react";
import { sparkPath } from "./spark-path.ts";
import classes from "./sparkline.module.css";

const SIZE = { width: 48, height: 20 };

export interface SparklineProps {
  readonly values: readonly number[] | undefined;
  readonly color: string;
}

/** A small chart beside the number that says the same; a list has a hundred of them, so it is no more than two paths. */
export const Sparkline = memo(function Sparkline({ values, color }: SparklineProps) {
  const path = sparkPath(values ?? [], SIZE);
  return (
    <svg className={classes["spark"]} viewBox={`0 -2 ${SIZE.width} ${SIZE.height + 4}`} aria-hidden>
      {path !== "" && (
        <>
          <path d={`${path}L${SIZE.width},${SIZE.height}L0,${SIZE.height}Z`} fill={color} opacity={0.16} />
          <path d={path} fill="none" stroke={color} strokeWidth={1.5} strokeLinejoin="round" />
        </>
      )}
    </svg>
  );
});
