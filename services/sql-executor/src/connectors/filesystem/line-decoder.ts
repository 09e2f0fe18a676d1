import { csvOptions } from '@hermes/stream-sql/csv/csv-options';
import { isNoCsvRecord } from '@hermes/stream-sql/csv/csv-record';
import { csvRowReader } from '@hermes/stream-sql/csv/read-csv-row';
import type { ColumnBatch } from '@hermes/stream-sql/engine/column-batch';
import { ChangeColumnReader } from '@hermes/stream-sql/json/change-column-reader';
import { debeziumReader } from '@hermes/stream-sql/json/debezium';
import { JsonColumnReader, PASSED_OVER } from '@hermes/stream-sql/json/json-column-reader';
import { neededColumns } from '@hermes/stream-sql/json/needed-columns';
import type { Needed } from '@hermes/stream-sql/json/json-columns';
import type { SourceNode, TableColumn } from '@hermes/stream-sql/planner/plan';
import type { Value } from '@hermes/stream-sql/values/data-type';
import { debeziumReadOptions, jsonReadOptions } from '@hermes/stream-sql/json/json-options';
import { rowBatch } from '../rows/row-batch.ts';

/** Rows of a batch at most. */
const BATCH_ROWS = 4_096;

/** Whole lines of a file: line `i` is [starts[i], ends[i]) of `bytes`. */
export interface Lines {
  readonly bytes: Buffer;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly count: number;
  /** Whether the file ends behind them. */
  readonly last: boolean;
}

export interface DecodedLines {
  /** Columns of the table; those of metadata are missing. */
  readonly rows: ColumnBatch;
  readonly bad: readonly { readonly record: number; readonly code: string; readonly reason: string }[];
  readonly skipped: number;
  /** Lines that are read. None: a record goes on behind the last line. */
  readonly taken: number;
  /** Records among them. */
  readonly records: number;
}

/** Makes rows of lines, from line `from` on. The rows are good until the next call. */
export type LineDecoder = (lines: Lines, from: number) => DecodedLines;

export const lineDecoder = (node: SourceNode): LineDecoder =>
  node.table.options['format'] === 'csv' ? csvLines(node) : jsonLines(node);

function jsonLines(node: SourceNode): LineDecoder {
  const { columns, options } = node.table;
  const physical = columns.flatMap((column, at) => (column.kind === 'physical' ? [at] : []));
  const needed = neededColumns(node);
  const fields = physical.map((at) => columns[at]!);
  const neededOf = (field: number): ReturnType<typeof needed.get> => needed.get(physical[field]!);
  const reader =
    options['format'] === 'debezium-json'
      ? changeReader(fields, options, neededOf)
      : new JsonColumnReader(fields, jsonReadOptions(options), neededOf, BATCH_ROWS);
  return ({ bytes, starts, ends, count }, from) => {
    for (let i = from; i < count; i++) if (ends[i] === starts[i]) starts[i] = PASSED_OVER;
    const { rows, bad, skipped, taken } = reader.read({ bytes, starts, ends, count }, from);
    const placed: ColumnBatch['columns'][number][] = columns.map(() => undefined);
    physical.forEach((at, field) => (placed[at] = rows.columns[field]));
    let records = 0;
    for (let i = from; i < from + taken; i++) if (starts[i] !== PASSED_OVER) records++;
    return { rows: { ...rows, columns: placed }, bad, skipped, taken, records };
  };
}

function changeReader(
  fields: readonly TableColumn[],
  options: Readonly<Record<string, string>>,
  neededOf: (field: number) => Needed | undefined,
): ChangeColumnReader {
  const settings = debeziumReadOptions(options);
  const read = debeziumReader(fields, settings, neededOf);
  return new ChangeColumnReader(fields, read, settings.ignoreParseErrors, neededOf, BATCH_ROWS);
}

function csvLines(node: SourceNode): LineDecoder {
  const { columns, options } = node.table;
  const physical = columns.flatMap((column, at) => (column.kind === 'physical' ? [at] : []));
  const places = columns.map((_, at) =>
    node.unread.includes(at) || !physical.includes(at) ? undefined : physical.indexOf(at),
  );
  const syntax = csvOptions(options);
  const quote = Buffer.from(syntax.quote ?? '"');
  const read = csvRowReader(
    physical.map((at) => columns[at]!),
    syntax,
  );
  return (lines, from) => {
    const rows: Value[][] = [];
    const records: number[] = [];
    const bad: { record: number; code: string; reason: string }[] = [];
    let skipped = 0;
    let at = from;
    while (at < lines.count && rows.length < BATCH_ROWS) {
      const first = lines.bytes.toString('utf8', lines.starts[at], lines.ends[at]);
      if (isNoCsvRecord(first, syntax)) {
        at++;
        continue;
      }
      let end = at;
      let row = read(first);
      while (row.kind === 'open' && end + 1 < lines.count) {
        // It ends on a line with a quote, if at all.
        const quoteAt = lines.bytes.indexOf(quote, lines.ends[end]);
        do end++;
        while (end + 1 < lines.count && (quoteAt < 0 || lines.ends[end]! <= quoteAt));
        if (quoteAt >= 0) row = read(lines.bytes.toString('utf8', lines.starts[at], lines.ends[end]));
      }
      if (row.kind === 'open' && !lines.last) break;
      if (row.kind === 'row') {
        rows.push(row.values);
        records.push(at);
      } else if (syntax.ignoreParseErrors) skipped++;
      else
        bad.push({ record: at, code: 'bad-csv', reason: row.kind === 'bad' ? row.reason : 'a quote is never closed' });
      at = end + 1;
    }
    return {
      rows: rowBatch(rows, places, Int32Array.from(records)),
      bad,
      skipped,
      taken: at - from,
      records: rows.length + bad.length + skipped,
    };
  };
}
