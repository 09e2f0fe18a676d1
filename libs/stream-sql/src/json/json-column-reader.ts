import { type Buffer, isUtf8 } from 'node:buffer';
import type { ColumnBatch } from '../engine/column-batch.ts';
import type { Field, Value } from '../values/data-type.ts';
import { beginBatch, type Bytes, type JsonColumn, jsonColumnOf, type Needed, put } from './json-columns.ts';
import { JsonCursor, JsonError } from './json-cursor.ts';
import { EMPTY_SHAPE, type JsonShape, learn, type SeenMember, sizeOf } from './json-shape.ts';
import { plainEnd, skipJson, skipMember, utf8End } from './json-skip.ts';
import { FieldError, type JsonOptions, jsonObjectReader, jsonValueReader, type ReadValue } from './read-json-value.ts';
import { type Scan, type ScanCalls, scanCode } from './scan-code.ts';

/** Where the values of records stand. A record without a value begins at -1; one that is to be passed over at `PASSED_OVER`. */
export interface RecordBytes {
  readonly bytes: Buffer;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly count: number;
}

export const PASSED_OVER = -2;

export interface BadJson {
  /** The record's place in its batch. */
  readonly record: number;
  /** `bad-json` or `null-value`. */
  readonly code: string;
  readonly reason: string;
}

export interface JsonBatch {
  readonly rows: ColumnBatch;
  /** Records that were read: the next call begins after them. */
  readonly taken: number;
  readonly bad: readonly BadJson[];
  /** Records left out under `json.ignore-parse-errors`. */
  readonly skipped: number;
}

/** Records in the general way between two looks at whether their shape is worth code. */
const LEARN_EVERY = 64;
/** A producer that gives each record another order of members is read in the general way. */
const MOST_COMPILED = 16;
/** Past that, generated code would be too large to be optimized. */
const LARGEST_SHAPE = 300;
const POWERS = Array.from({ length: 39 }, (_, i) => Number(`1e${i}`));

/**
 * Reads JSON records into columns: those parts alone that are needed. The first records teach the order of members; code generated for it
 * (scan-code.ts) reads the rest, and what is unusual goes the general way with the same answers.
 */
export class JsonColumnReader {
  private readonly columns: readonly (JsonColumn | undefined)[];
  private readonly options: JsonOptions;
  private readonly capacity: number;
  private readonly records: Int32Array;
  private readonly readObject: (cursor: JsonCursor) => Value[];
  private shape: JsonShape = EMPTY_SHAPE;
  private scan: Scan | undefined;
  private compiled = 0;
  private surprises = LEARN_EVERY - 1;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private viewed: Bytes | undefined;

  /** `needed`: by the field's place; undefined for a field that nobody reads. `capacity`: rows of a batch at most. */
  constructor(
    fields: readonly Field[],
    options: JsonOptions,
    needed: (place: number) => Needed | undefined,
    capacity = 4_096,
  ) {
    this.options = options;
    this.capacity = capacity;
    this.records = new Int32Array(capacity);
    this.columns = fields.map(({ name, type }, i) => {
      const part = needed(i);
      return part === undefined ? undefined : jsonColumnOf(name, type, part, capacity);
    });
    this.readObject = jsonObjectReader(fields, options, needed);
  }

  /** Reads from record `from` on, as many as the capacity allows. The rows are good until the next call, their texts as long as the bytes. */
  read(input: RecordBytes, from: number): JsonBatch {
    const { starts, ends } = input;
    const bytes = input.bytes as Bytes;
    if (this.viewed !== bytes) {
      this.viewed = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    for (const column of this.columns) if (column !== undefined) beginBatch(column.storage, bytes);
    const to = Math.min(input.count, from + this.capacity);
    const bad: BadJson[] = [];
    let row = 0;
    let skipped = 0;
    let at = from;
    while (at < to) {
      const scanned = this.scan?.(bytes, this.view, starts, ends, at, to, row, this.records) ?? 0;
      at += scanned;
      row += scanned;
      if (at === to) break;
      if (starts[at] === PASSED_OVER) {
        at++;
        continue;
      }
      const outcome = this.general(bytes, starts[at]!, ends[at]!, row);
      if (outcome === undefined) this.records[row++] = at;
      else if (this.options.ignoreParseErrors) skipped++;
      else bad.push({ record: at, ...outcome });
      at++;
    }
    return {
      rows: {
        length: row,
        columns: this.columns.map((column) => column?.storage),
        records: this.records,
      },
      taken: at - from,
      bad,
      skipped,
    };
  }

  /** One record in the general way; answers why it is bad. */
  private general(
    bytes: Bytes,
    start: number,
    end: number,
    row: number,
  ): { readonly code: string; readonly reason: string } | undefined {
    if (start < 0) return { code: 'null-value', reason: 'the record has no value' };
    const value = bytes.subarray(start, end);
    if (!isUtf8(value)) return { code: 'bad-json', reason: 'the record is not UTF-8' };
    const text = value.toString('utf8');
    try {
      const cursor = new JsonCursor(text);
      if (cursor.peek() !== '{') cursor.fail('an object { ... } is expected');
      // What follows the object is not looked at, as in Flink.
      const values = this.readObject(cursor);
      this.columns.forEach((column, i) => {
        if (column !== undefined) this.place(column, row, values[i]!);
      });
      this.surprise(text);
      return undefined;
    } catch (error) {
      if (error instanceof FieldError || error instanceof JsonError) return { code: 'bad-json', reason: error.message };
      throw error;
    }
  }

  private place(column: JsonColumn, row: number, value: Value): void {
    forget(column, row);
    put(column.storage, row, value);
  }

  private surprise(text: string): void {
    if (++this.surprises < LEARN_EVERY || this.compiled >= MOST_COMPILED) return;
    this.surprises = 0;
    const learned = learn(this.shape, membersOf(new JsonCursor(text), this.columns));
    if (sizeOf(learned) > LARGEST_SHAPE) {
      this.compiled = MOST_COMPILED;
      return;
    }
    this.shape = learned;
    this.compiled++;
    this.scan = this.compile();
  }

  private compile(): Scan {
    const { source, columns } = scanCode(this.shape, this.columns, this.options.failOnMissingField);
    const readers: ReadValue[] = columns.map(({ name, type, needed }) =>
      jsonValueReader({ name, type }, this.options, needed),
    );
    const calls: ScanCalls = {
      skip: skipMember,
      plainEnd,
      utf8End,
      general: (bytes, at, column, row) => {
        const end = skipJson(bytes, at);
        if (end < 0) return -1;
        try {
          const value = readers[column]!(new JsonCursor(bytes.utf8Slice(at, end)));
          this.place(columns[column]!, row, value);
          return end;
        } catch (error) {
          if (error instanceof FieldError || error instanceof JsonError) return -1;
          throw error;
        }
      },
    };
    const make = new Function('columns', 'calls', 'POWERS', source) as (
      columns: readonly JsonColumn[],
      calls: ScanCalls,
      powers: readonly number[],
    ) => Scan;
    return make(columns, calls, POWERS);
  }
}

/** What a record that broke off, or the batch before, left beside the arrays. */
function forget({ storage }: JsonColumn, row: number): void {
  if (storage.kind === 'number' && storage.big.size > 0) storage.big.delete(row);
  else if (storage.kind === 'row') for (const inner of storage.columns) if (inner !== undefined) forget(inner, row);
}

/** The members of the object at the cursor, in order. */
function membersOf(cursor: JsonCursor, columns: readonly (JsonColumn | undefined)[]): SeenMember[] {
  const members: SeenMember[] = [];
  cursor.object((name) => {
    const storage = columns.find((column) => column?.name === name)?.storage;
    if (storage?.kind === 'row' && cursor.peek() === '{')
      members.push({ name, inner: membersOf(cursor, storage.columns) });
    else {
      cursor.skip();
      members.push({ name, inner: undefined });
    }
  });
  return members;
}
