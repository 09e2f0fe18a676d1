import type { Cell, Change, ResultTable, RowKind } from './engine-output.ts';

/** What a result comes to when all its changes are applied. */
export interface FinalTable {
  /** `append`: no row is ever taken back. */
  readonly kind: 'append' | 'updating';
  /** Sorted, repeats included. */
  readonly rows: readonly (readonly Cell[])[];
  /** Changes that do not fit what came before them. */
  readonly problems: readonly string[];
}

/**
 * Applies a changelog. Without a key the rows are a multiset and every row that goes must be there; with one, a later row of a key
 * replaces the earlier.
 */
export function foldChangelog(result: ResultTable, key: readonly string[] | undefined): FinalTable {
  const { changes, columns } = result;
  const inserts = changes.every(({ kind }) => kind === '+I');
  const problems: string[] = [];
  const kind = (result.appends ?? inserts) ? 'append' : 'updating';
  if (inserts && (key === undefined || kind === 'append'))
    return { kind, rows: sorted(changes.map(({ row }) => row)), problems };
  const places = key?.map((name) => columns.findIndex((column) => column.name === name));
  if (places?.includes(-1)) {
    problems.push(`the result has no column ${key![places.indexOf(-1)]}, which "key:" names`);
    return { kind, rows: [], problems };
  }
  const rows = places === undefined ? foldRows(result, problems) : foldKeys(changes, places, problems);
  return { kind, rows: sorted(rows), problems };
}

function foldRows({ changes, tellsBefore }: ResultTable, problems: string[]): (readonly Cell[])[] {
  const counts = new Map<string, { row: readonly Cell[]; count: number }>();
  const some = (wanted: RowKind): boolean => changes.some(({ kind }) => kind === wanted);
  if (tellsBefore !== true && some('+U') && !some('-U'))
    problems.push('updates come without the row before: name the key in "key:"');
  for (const { kind, row } of changes) {
    const text = JSON.stringify(row);
    const entry = counts.get(text) ?? { row, count: 0 };
    counts.set(text, entry);
    entry.count += kind === '+I' || kind === '+U' ? 1 : -1;
  }
  for (const [text, { count }] of counts) if (count < 0) problems.push(`${text} is taken back, but was never there`);
  return [...counts.values()].flatMap(({ row, count }) => Array.from({ length: Math.max(0, count) }, () => row));
}

function foldKeys(changes: readonly Change[], places: readonly number[], problems: string[]): (readonly Cell[])[] {
  const rows = new Map<string, readonly Cell[]>();
  for (const { kind, row } of changes) {
    const text = JSON.stringify(places.map((place) => row[place]));
    if (kind === '+I' || kind === '+U') rows.set(text, row);
    else if (!rows.delete(text) && kind === '-D') problems.push(`the key ${text} is taken back, but was never there`);
  }
  return [...rows.values()];
}

export function sorted(rows: readonly (readonly Cell[])[]): (readonly Cell[])[] {
  return rows
    .map((row) => ({ row, text: JSON.stringify(row) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ row }) => row);
}
