import type { HotState } from './hot-state.ts';
import type { PartitionLogic } from './logic.ts';
import type { Answers } from './processor-options.ts';
import type { TimerBook } from './timer-book.ts';

/** What a step begins with. */
export interface StepStart<D> {
  readonly definitions: D;
  readonly definitionsVersion: number;
  /** Those of a set that was in force before. */
  readonly definitionsOf: (set: number) => D | undefined;
  readonly offset: number;
  readonly clockMs: number;
  readonly wallMs: number;
  readonly sequence: number;
  /** Highest sequence seen, by origin. */
  readonly origins: ReadonlyMap<string, number>;
  readonly answers?: Answers | undefined;
}

/** What all steps of an owner have in common. */
export interface StepSetting<S, D> {
  readonly project: string;
  readonly partition: number;
  readonly partitions: number;
  readonly deadLetterTopic: string;
  /** Value of the origin header. */
  readonly origin: string;
  readonly logic: PartitionLogic<S, D>;
  readonly hot: HotState<S>;
  readonly timers: TimerBook;
  readonly maxKeys: number;
  readonly maxBytes: number;
}
