import { Component } from "react";
import type { ReactNode } from "react";

interface ChartBoundaryProps {
  /** Shown in place of the chart. */
  readonly fallback: ReactNode;
  readonly children: ReactNode;
}

interface ChartBoundaryState {
  readonly isFailed: boolean;
}

/** Keeps a page whose chart did not come, or failed: only that is missing then. React takes no function for this. */
export class ChartBoundary extends Component<ChartBoundaryProps, ChartBoundaryState> {
  override state: ChartBoundaryState = { isFailed: false };

  static getDerivedStateFromError(): ChartBoundaryState {
    return { isFailed: true };
  }

  override render(): ReactNode {
    return this.state.isFailed ? this.props.fallback : this.props.children;
  }
}
