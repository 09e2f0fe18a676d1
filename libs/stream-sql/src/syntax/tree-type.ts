import type { Name, Node } from './tree-node.ts';

/** A type as written. Synonyms stay (`INTEGER`, `DEC`, `STRING`); the planner says what they are. */
export interface TypeNode extends Node {
  /**
   * In upper case and one blank between words: `VARCHAR`, `DOUBLE PRECISION`, `TIMESTAMP WITH LOCAL TIME ZONE`, `INTERVAL DAY TO SECOND`, `ROW`,
   * `ARRAY` (also for `x ARRAY`), `MAP`, `MULTISET`. What is no type of Flink by its name (a structured type) has its path in `path`.
   */
  readonly name: string;
  /** A type of the user, as written; undefined for built-in ones. */
  readonly path: readonly Name[] | undefined;
  /** `(18, 2)`; of an interval: the precision of the first and of the last unit, where written. */
  readonly parameters: readonly number[];
  /** Of INTERVAL types. */
  readonly interval: IntervalQualifier | undefined;
  /** Of ROW. */
  readonly fields: readonly { readonly name: Name; readonly type: TypeNode; readonly comment: string | undefined }[];
  /** ARRAY and MULTISET: the element; MAP: key and value. */
  readonly arguments: readonly TypeNode[];
  /** NOT NULL makes it false, NULL or nothing true. */
  readonly nullable: boolean;
}

export type IntervalUnit = 'YEAR' | 'QUARTER' | 'MONTH' | 'WEEK' | 'DAY' | 'HOUR' | 'MINUTE' | 'SECOND';

/** `YEAR(4) TO MONTH`, `DAY`, `SECOND(2, 3)`; plural words (`DAYS`) are their singular. */
export interface IntervalQualifier extends Node {
  readonly from: IntervalUnit;
  /** Digits of the leading unit, where written. */
  readonly precision: number | undefined;
  readonly to: IntervalUnit | undefined;
  /** Digits behind the point of the seconds, where written. */
  readonly fraction: number | undefined;
}
