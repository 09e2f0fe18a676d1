import { isUtf8 } from 'node:buffer';
import type { Field } from '../values/data-type.ts';
import type { Change } from './debezium.ts';
import { beginBatch, type Bytes, type JsonColumn, jsonColumnOf, type Needed, put } from './json-columns.ts';
import type { BadJson, JsonBatch, RecordBytes } from './json-column-reader.ts';
import { JsonError } from './json-cursor.ts';
import { FieldError } from './read-json-value.ts';

/** Rows of one record at most. */
const MOST_CHANGES = 2;

/**
 * Reads records of changes into columns: a record may give two rows, which have its place in `records`. Records without a value (tombstones) are passed
 * over.
 */
export class ChangeColumnReader {
  private readonly columns: readonly (JsonColumn | undefined)[];
  private readonly ignoreParseErrors: boolean;
  private readonly readChanges: (text: string) => readonly Change[];
  private readonly capacity: number;
  private readonly records: Int32Array;
  private readonly kinds: Uint8Array;

  /** `needed`: by the field's place; undefined for a field that nobody reads. `capacity`: rows of a batch at most. */
  constructor(
    fields: readonly Field[],
    readChanges: (text: string) => readonly Change[],
    ignoreParseErrors: boolean,
    needed: (place: number) => Needed | undefined,
    capacity = 4_096,
  ) {
    this.readChanges = readChanges;
    this.ignoreParseErrors = ignoreParseErrors;
    this.capacity = capacity;
    this.records = new Int32Array(capacity);
    this.kinds = new Uint8Array(capacity);
    this.columns = fields.map(({ name, type }, i) => {
      const part = needed(i);
      return part === undefined ? undefined : jsonColumnOf(name, type, part, capacity);
    });
  }

  /** Reads from record `from` on, as many as the capacity allows. The rows are good until the next call. */
  read({ bytes, starts, ends, count }: RecordBytes, from: number): JsonBatch {
    for (const column of this.columns) if (column !== undefined) beginBatch(column.storage, bytes as Bytes);
    const bad: BadJson[] = [];
    let row = 0;
    let skipped = 0;
    let at = from;
    for (; at < count && row + MOST_CHANGES <= this.capacity; at++) {
      if (starts[at]! < 0 || starts[at] === ends[at]) continue;
      const outcome = this.changes(bytes.subarray(starts[at], ends[at]));
      if (typeof outcome !== 'string')
        for (const { kind, values } of outcome) {
          this.columns.forEach((column, i) => {
            if (column !== undefined) put(column.storage, row, values[i]!);
          });
          this.records[row] = at;
          this.kinds[row++] = kind;
        }
      else if (this.ignoreParseErrors) skipped++;
      else bad.push({ record: at, code: 'bad-json', reason: outcome });
    }
    return {
      rows: {
        length: row,
        columns: this.columns.map((column) => column?.storage),
        records: this.records,
        kinds: this.kinds,
      },
      taken: at - from,
      bad,
      skipped,
    };
  }

  /** The changes of a record, or why it is bad. */
  private changes(value: Buffer): readonly Change[] | string {
    if (!isUtf8(value)) return 'the record is not UTF-8';
    try {
      return this.readChanges(value.toString('utf8'));
    } catch (error) {
      if (error instanceof FieldError || error instanceof JsonError) return error.message;
      throw error;
    }
  }
}
