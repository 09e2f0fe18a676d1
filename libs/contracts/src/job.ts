import { z } from 'zod';

/** A SQL job as a person writes it. */
export const JobDraft = z.object({
  name: z.string().min(1).max(200),
  /** Flink SQL: CREATE TABLE, views, settings, and what is to run: INSERT INTO, or a statement set of several. */
  sql: z.string().min(1).max(100_000),
  checkpointIntervalMs: z.number().int().min(100).max(600_000).default(1_000),
});
export type JobDraft = z.infer<typeof JobDraft>;

/** Why a text was refused: where (from 1; the end is where the next character stands, if it is known), what, and what to do instead. */
export const SqlProblem = z.object({
  line: z.number().int(),
  column: z.number().int(),
  endLine: z.number().int().optional(),
  endColumn: z.number().int().optional(),
  message: z.string(),
  hint: z.string().optional(),
});
export type SqlProblem = z.infer<typeof SqlProblem>;

export const RunState = z.enum(['starting', 'running', 'restarting', 'stopped', 'failed']);
export type RunState = z.infer<typeof RunState>;

export const Job = z.object({
  id: z.string(),
  project: z.string(),
  name: z.string(),
  version: z.number().int().positive(),
  sql: z.string(),
  checkpointIntervalMs: z.number().int(),
  createdAt: z.iso.datetime(),
  run: z
    .object({
      id: z.string(),
      state: RunState,
      reason: z.string().nullable(),
      startedAt: z.iso.datetime(),
      rowsRead: z.number(),
      rowsWritten: z.number(),
      lateRows: z.number(),
      lastCheckpoint: z.number().int().nullable(),
      lastCheckpointAt: z.iso.datetime().nullable(),
    })
    .nullable(),
});
export type Job = z.infer<typeof Job>;
