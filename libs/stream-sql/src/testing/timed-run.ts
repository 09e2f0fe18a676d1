import type { StreamPlan } from '../planner/plan.ts';

/** One run of a query, asked for by the parent. */
export interface TimedOrder {
  readonly plan: StreamPlan;
  readonly brokers: readonly string[];
  readonly checkpointIntervalMs: number;
}

export interface TimedResult {
  /** User and system time of this process during the run. */
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly checksum: string;
  readonly rowsOut: number;
  readonly rssMb: number;
  readonly checkpoints: number;
}
