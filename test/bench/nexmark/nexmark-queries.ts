import { nexmarkText, type NexmarkText } from '@hermes/stream-sql/planner/testing/nexmark';

/** A query of Nexmark as its Flink edition writes it, and how its result is to be compared. */
export interface NexmarkQuery extends NexmarkText {
  readonly name: string;
  /** Rows depend on when they are computed (processing time): each run has its own answer, and none is compared. */
  readonly timing?: true;
  /** Flink writes a row that replaces another by this column without the other one. */
  readonly key?: number;
}

const compared = (name: string, how: Pick<NexmarkQuery, 'timing' | 'key'> = {}): NexmarkQuery => ({
  name,
  ...nexmarkText(name),
  ...how,
});

/** Nexmark's own words; q6, q7, q10, q13, q14 and q23 are not among them. */
export const NEXMARK_QUERIES: readonly NexmarkQuery[] = [
  ...['q0', 'q1', 'q2', 'q3', 'q4', 'q5', 'q8'].map((name) => compared(name)),
  compared('q9', { key: 0 }),
  compared('q11'),
  compared('q12', { timing: true }),
  ...['q15', 'q16', 'q17', 'q18', 'q19', 'q20', 'q21', 'q22'].map((name) => compared(name)),
];
