import type { StreamPlan } from '@hermes/stream-sql/planner/plan';
import type { AllowedValues } from '../targets/profile-features.ts';

/** Where profiles are, and the secret of the tokens with which services read each other. */
export interface ProfileStoreAccess {
  readonly url: string;
  readonly secret: string;
}

/** What jobs of this installation may reach besides the platform's own parts. */
export interface OutsideAccess {
  /** The folder in which each project has one of its own, for filesystem tables; null: there is none. */
  readonly filesFolder: string | null;
  /** `host:port` of the servers that redis and jdbc tables may name. */
  readonly servers: readonly string[];
  /** Servers that the operator has named for the project: URLs with user and password, never shown to anybody. */
  readonly connections: Readonly<Record<string, string>>;
}

/** What a run without checkpoints begins from. */
export interface BeginFrom {
  /** The savepoint's. */
  readonly id: string;
  readonly path: string;
  /** State without a place in the plan is dropped. */
  readonly allowNonRestoredState: boolean;
}

/** A savepoint to take: a whole checkpoint, delivered, and then a file at `path`. */
export interface SavepointOrder {
  readonly kind: 'savepoint';
  readonly id: string;
  readonly path: string;
  readonly job: string;
  /** Of the job's text. */
  readonly version: number;
  /** Who asked for it. */
  readonly by: string;
  /** Nothing is read or written after it, and the process ends. When it is not taken, the run goes on. */
  readonly thenStop: boolean;
  readonly timeoutMs: number;
}

export type SavepointOutcome = { readonly kind: 'taken' } | { readonly kind: 'refused'; readonly message: string };

/** What a run's process is told at its start. */
export interface RunOrder {
  readonly kind: 'start';
  readonly project: string;
  readonly job: string;
  readonly run: string;
  readonly epoch: number;
  readonly plan: StreamPlan;
  /** The only values that attributes take, as far as profile-store has told. */
  readonly allowed: AllowedValues;
  readonly checkpointIntervalMs: number;
  /** Estimated bytes of all state together, beyond which the run fails. */
  readonly stateLimitBytes: number;
  /** The run's folder of checkpoints. */
  readonly folder: string;
  readonly kafkaBrokers: readonly string[];
  readonly kafkaDriver: 'kafkajs' | 'platformatic';
  readonly clickhouseUrl: string;
  readonly database: string;
  readonly outside: OutsideAccess;
  /** null when this installation names none. */
  readonly profileStore: ProfileStoreAccess | null;
  /** Looked at only while the run has no checkpoint. */
  readonly begin?: BeginFrom | undefined;
}

/** `stop`: a last checkpoint, its rows delivered, then the end with exit code 0. */
export type ToWorker = RunOrder | SavepointOrder | { readonly kind: 'stop' };

export interface RunFigures {
  readonly rowsRead: number;
  /** Rows that the target has acknowledged, over all processes of the run. */
  readonly rowsWritten: number;
  readonly lateRows: number;
  readonly badRows: number;
  /** Records not read yet, as of the last fetch. */
  readonly lag: number;
  readonly lastCheckpoint: number | null;
  readonly lastCheckpointAt: string | null;
  readonly stateBytes: number;
  readonly rssBytes: number;
}

export type FromWorker =
  | { readonly kind: 'running' }
  /** `latenciesMs`: from receipt to the acknowledged row, a sample since the last report. `trouble`: what it waits for. */
  | {
      readonly kind: 'report';
      readonly figures: RunFigures;
      readonly latenciesMs: readonly number[];
      readonly trouble: string | null;
    }
  | { readonly kind: 'savepoint'; readonly id: string; readonly outcome: SavepointOutcome }
  /** The process ends after this. `final`: starting it again would meet the same. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly final: boolean };

/** Exit code of a process that found a higher epoch. */
export const EXIT_FENCED = 75;
