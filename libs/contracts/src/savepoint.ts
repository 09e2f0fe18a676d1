import { z } from 'zod';
import { Job } from './job.ts';

/** How long a savepoint may take: until its rows are acknowledged by all targets and it is on disk. */
const SavepointTimeoutMs = z.number().int().min(100).max(600_000).default(60_000);

/** All that a run was at one instant, kept until a person deletes it. */
export const Savepoint = z.object({
  id: z.string(),
  job: z.string(),
  /** Of the job's text that ran. */
  version: z.number().int().positive(),
  run: z.string(),
  /** The run's checkpoint that it is of. */
  checkpoint: z.number().int().positive(),
  /** The instant. */
  at: z.iso.datetime(),
  /** Who asked for it. */
  by: z.string(),
  bytes: z.number().int(),
});
export type Savepoint = z.infer<typeof Savepoint>;

export const Savepoints = z.object({ savepoints: z.array(Savepoint) });

export const TakeSavepoint = z.strictObject({ timeoutMs: SavepointTimeoutMs });

/** With a savepoint a new run begins from it; without, the job goes on from its newest checkpoint. */
export const StartJob = z.strictObject({
  savepoint: z.string().optional(),
  /** State of the savepoint that has no place in the job's text is dropped instead of refused. */
  allowNonRestoredState: z.boolean().default(false),
});

/** With a savepoint: it is taken first, and the job stops only if that succeeds; nothing is read or written after its instant. */
export const StopJob = z.strictObject({ savepoint: z.boolean().default(false), timeoutMs: SavepointTimeoutMs });

export const StoppedJob = Job.extend({ savepoint: Savepoint.nullable() });
export type StoppedJob = z.infer<typeof StoppedJob>;
