import type { StreamPlan } from '../planner/plan.ts';

/** A run that goes on until its parent closes the channel; asked for by the parent. */
export interface LiveOrder {
  readonly project: string;
  readonly plan: StreamPlan;
  readonly brokers: readonly string[];
  readonly checkpointIntervalMs: number;
}

/** What the process of a live run says: once that it reads (`pid`: of the run's own process), or why it ended. */
export type LiveSaid =
  { readonly kind: 'running'; readonly pid: number } | { readonly kind: 'ended'; readonly reason: string };
