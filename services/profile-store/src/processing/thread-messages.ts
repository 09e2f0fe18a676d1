import type { ProjectRecord } from '@hermes/contracts/control';
import type { BaseConfig } from '@hermes/service-kit/base-config';
import type { ProfileStoreConfig } from '../config.ts';
import type { SharedMemory } from '../memory/shared-memory.ts';
import type { ProfileJob } from './profile-jobs.ts';

/** What the processing thread is started with. */
export interface ThreadSetting {
  readonly config: BaseConfig & ProfileStoreConfig;
  /** Where it leaves what it has committed, for reads. */
  readonly shared: SharedMemory | undefined;
}

/** To the processing thread. */
export type ToThread =
  | { readonly kind: 'add'; readonly project: ProjectRecord }
  | { readonly kind: 'remove'; readonly project: string }
  | { readonly kind: 'close' };

type Stop = 'fenced' | 'offset-out-of-range' | 'topic-replaced' | 'defect';

/** A partition's change of hands, as the processor's observer tells it. */
export type PartitionTold =
  | { readonly kind: 'claimed'; readonly partition: number }
  | { readonly kind: 'released'; readonly partition: number }
  | { readonly kind: 'stopped'; readonly partition: number; readonly code: Stop; readonly message: string };

/** What happened since the last report. */
export interface ThreadReport {
  readonly events: number;
  readonly stepsMs: readonly number[];
  /** From the record's receipt to readable. */
  readonly freshnessMs: readonly number[];
  readonly deadLetters: Readonly<Record<string, number>>;
  /** `<project>/<feature>` -> events that came too late to count. */
  readonly late: Readonly<Record<string, number>>;
  /** Events that an erasure keeps out. */
  readonly erased: number;
  readonly lag: number;
  readonly partitions: number;
}

/** From the processing thread. */
export type FromThread =
  | { readonly kind: 'report'; readonly report: ThreadReport }
  | { readonly kind: 'partition'; readonly project: string; readonly job: ProfileJob; readonly told: PartitionTold }
  | { readonly kind: 'fill-trouble'; readonly project: string; readonly slot: number; readonly reason: string | null }
  | { readonly kind: 'closed' };
