export type RowKind = '+I' | '-U' | '+U' | '-D';

/** A value in the text that Flink's CAST(... AS STRING) gives it; null is NULL. */
export type Cell = string | null;

export interface Change {
  readonly kind: RowKind;
  readonly row: readonly Cell[];
}

export interface ResultColumn {
  readonly name: string;
  /** As SQL, `DECIMAL(10, 2) NOT NULL`; undefined when the engine does not tell. */
  readonly type?: string;
}

/** What one query, SHOW or DESCRIBE answered (named `result`), or what was written into a table (named by it). */
export interface ResultTable {
  readonly name: string;
  readonly columns: readonly ResultColumn[];
  /** In the order in which they came. */
  readonly changes: readonly Change[];
  /** Whether no row can ever be taken back; undefined: as the changes are. */
  readonly appends?: boolean;
  /** Whether every row that changes is taken back as it was before; then a row may come as +U that a filter held back until now. */
  readonly tellsBefore?: boolean;
}

/** What an engine made of a script: results, or why there are none. `validation`: nothing was run. */
export type EngineOutput =
  | { readonly kind: 'ok'; readonly results: readonly ResultTable[] }
  | { readonly kind: 'error'; readonly stage: 'validation' | 'runtime'; readonly message: string };
