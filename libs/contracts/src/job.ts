import { z } from 'zod';

/** A SQL job as a person writes it. */
export const JobDraft = z.object({
  name: z
    .string()
    .min(1)
    .max(200)
    .refine((name) => name.isWellFormed() && !name.includes('\0'), 'has a character that cannot be kept'),
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

/** What a job's text would run, for people: as lines, and as nodes for a picture. Nodes are in the order of the data; none when there are problems. */
export const ExplainedJob = z.object({
  problems: z.array(SqlProblem),
  text: z.string(),
  nodes: z.array(
    z.object({
      id: z.number().int(),
      name: z.string(),
      /** What it is about: labels and texts. */
      parts: z.array(z.tuple([z.string(), z.string()])),
      columns: z.array(z.object({ name: z.string(), type: z.string() })),
      /** Which changes its rows bring. */
      changelog: z.enum(['append', 'upsert', 'retract']),
      /** Columns by which there is at most one row; null: none are known. */
      uniqueKey: z.array(z.string()).nullable(),
      /** Ids of the nodes whose rows it reads. */
      inputs: z.array(z.number().int()),
    }),
  ),
});
export type ExplainedJob = z.infer<typeof ExplainedJob>;

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
