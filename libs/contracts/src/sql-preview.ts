import { z } from 'zod';
import { ExplainedJob } from './job.ts';

/** How far a preview goes. Whichever is reached first ends it. */
export const PreviewLimits = z.strictObject({
  /** Reading ends after this long. */
  timeMs: z.number().int().min(100).max(300_000).default(30_000),
  /** Changelog rows. */
  rows: z.number().int().min(1).max(10_000).default(1_000),
});
export type PreviewLimits = z.infer<typeof PreviewLimits>;

/**
 * `POST /v1/projects/:p/preview`. With `Accept: text/event-stream` the answer is a stream: `columns` (PreviewColumns), then `rows` (PreviewRows), `bad` (BadInputs)
 * and `progress` (PreviewProgress, each second and before the end), at last `end` (PreviewEnd). Otherwise it is one PreviewAnswer at the end.
 */
export const PreviewRequest = z.strictObject({
  /** SET, CREATE TABLE and CREATE VIEW as they are needed, and one statement that answers: SELECT, INSERT INTO (which writes nothing here), SHOW, DESCRIBE, EXPLAIN or SET. */
  sql: z.string().min(1).max(100_000),
  limits: PreviewLimits.default({ timeMs: 30_000, rows: 1_000 }),
});
export type PreviewRequest = z.infer<typeof PreviewRequest>;

/** What answers: a query's changes, what an INSERT would write, or a table of texts. */
export const PreviewStatement = z.enum(['select', 'insert', 'explain', 'rows']);
export type PreviewStatement = z.infer<typeof PreviewStatement>;

/** What the rows are. */
export const PreviewColumns = z.object({
  statement: PreviewStatement,
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  /** `append`: only +I. `retract`: -U before +U, and -D. `upsert`: +I, +U and -D by `key`. */
  changelog: z.enum(['append', 'upsert', 'retract']),
  /** Names of the columns by which there is at most one row, none of them where there is one row in all; null: none are known. */
  key: z.array(z.string()).nullable(),
  /** Of EXPLAIN alone: the plan for a picture. */
  nodes: ExplainedJob.shape.nodes.optional(),
});
export type PreviewColumns = z.infer<typeof PreviewColumns>;

export const RowChange = z.enum(['+I', '-U', '+U', '-D']);
export type RowChange = z.infer<typeof RowChange>;

/**
 * A value of a column as JSON: NULL null; BOOLEAN, FLOAT, DOUBLE and whole numbers within 2^53 themselves; DECIMAL, larger whole numbers, NaN and infinities
 * their digits or name as text; times ISO 8601 (TIMESTAMP without a zone, TIMESTAMP_LTZ with Z); bytes base64; ARRAY an array; ROW, MAP and MULTISET an object.
 */
export type PreviewValue =
  null | boolean | number | string | readonly PreviewValue[] | { readonly [name: string]: PreviewValue };

/** Changes in their order; a row is a value for each column. */
export const PreviewRows = z.object({
  rows: z.array(z.object({ kind: RowChange, row: z.array(z.custom<PreviewValue>()) })),
});
export type PreviewRows = z.infer<typeof PreviewRows>;

/** Records that gave no row, with their reason, as a job's dead letters have them; at most 100 of them, `progress` counts all. */
export const BadInputs = z.object({
  bad: z.array(
    z.object({
      code: z.string(),
      reason: z.string(),
      /** `<topic or file>/<partition>/<offset>`, or the lookup's table. */
      from: z.string(),
      /** The record as text, cut after 1,000 characters. */
      value: z.string().nullable(),
    }),
  ),
});
export type BadInputs = z.infer<typeof BadInputs>;

export const PreviewProgress = z.object({
  /** Since reading began. */
  elapsedMs: z.number(),
  /** Records read of all tables. */
  rowsRead: z.number(),
  /** Changes told. */
  rows: z.number(),
  badRows: z.number(),
  /** Rows that came too late for their window. */
  lateRows: z.number(),
  stateBytes: z.number(),
  sources: z.array(
    z.object({
      table: z.string(),
      rowsRead: z.number(),
      /** Records not read yet; null where nobody knows. */
      lag: z.number().nullable(),
      /** Null without one. */
      watermark: z.iso.datetime().nullable(),
    }),
  ),
  /** What it waits for: a server that does not answer a lookup; null: nothing. */
  trouble: z.string().nullable(),
});
export type PreviewProgress = z.infer<typeof PreviewProgress>;

/** Why it is over. `limit`: the limit that was reached; `size` is 16 MB of rows. */
export const PreviewEnd = z.discriminatedUnion('reason', [
  z.object({ reason: z.literal('limit'), limit: z.enum(['time', 'rows', 'size']) }),
  z.object({ reason: z.literal('end-of-input') }),
  /** The service stops, or the project is gone. */
  z.object({ reason: z.literal('stopped') }),
  z.object({
    reason: z.literal('failed'),
    code: z.string(),
    message: z.string(),
    /** Where in the text: the query, or the table that could not be read; from 1. */
    line: z.number().int(),
    column: z.number().int(),
  }),
]);
export type PreviewEnd = z.infer<typeof PreviewEnd>;

/** A preview at once. */
export const PreviewAnswer = z.object({
  ...PreviewColumns.shape,
  ...PreviewRows.shape,
  ...BadInputs.shape,
  progress: PreviewProgress,
  end: PreviewEnd,
});
export type PreviewAnswer = z.infer<typeof PreviewAnswer>;
