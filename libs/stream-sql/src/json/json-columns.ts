import { Buffer } from 'node:buffer';
import type { BatchColumn, TextColumn } from '../engine/column-batch.ts';
import type { DataType, Value } from '../values/data-type.ts';

/** What @types/node leaves out: the slices without the choice of an encoding, which are twice as fast for short texts. */
export type Bytes = Buffer & {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
};

/** Which part of a column is read: all of it, or of a ROW these fields. */
export type Needed = true | ReadonlyMap<number, Needed>;

/** A field of the JSON object that is read into a column; of a ROW, fields within it. */
export interface JsonColumn {
  readonly name: string;
  readonly type: DataType;
  readonly needed: Needed;
  readonly storage: Storage;
}

export type Storage = NumberStorage | BooleanStorage | TextStorage | RowStorage | ValueStorage;

export interface NumberStorage {
  readonly kind: 'number';
  readonly values: Float64Array;
  readonly nulls: Uint8Array;
  readonly big: Map<number, bigint>;
}

export interface BooleanStorage {
  readonly kind: 'boolean';
  readonly values: Uint8Array;
  readonly nulls: Uint8Array;
}

export interface ValueStorage {
  readonly kind: 'value';
  readonly values: Value[];
  readonly nulls: Uint8Array;
}

export interface RowStorage {
  readonly kind: 'row';
  readonly nulls: Uint8Array;
  /** By the field's place in the ROW; undefined: unread. */
  readonly columns: readonly (JsonColumn | undefined)[];
  readonly fields: readonly (BatchColumn | undefined)[];
}

/** How the text of a row stands in a TextStorage. */
export const TextForm = { ascii: 0, utf8: 1, decoded: 2 } as const;

/** Texts as places in the bytes that are being read. */
export class TextStorage implements TextColumn {
  readonly kind = 'text';
  readonly nulls: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly forms: Uint8Array;
  /** Texts with escapes, by row. */
  readonly decoded = new Map<number, string>();
  private bytes = Buffer.alloc(0) as Buffer as Bytes;

  constructor(capacity: number) {
    this.nulls = new Uint8Array(capacity);
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
    this.forms = new Uint8Array(capacity);
  }

  over(bytes: Bytes): void {
    this.bytes = bytes;
    this.decoded.clear();
  }

  at(i: number): string {
    const form = this.forms[i]!;
    if (form === TextForm.ascii) return this.bytes.latin1Slice(this.starts[i]!, this.ends[i]!);
    return form === TextForm.utf8
      ? this.bytes.utf8Slice(this.starts[i]!, this.ends[i]!)
      : (this.decoded.get(i) as string);
  }

  is(i: number, utf8: Uint8Array): boolean {
    if (this.forms[i] === TextForm.decoded) return Buffer.from(this.at(i)).equals(utf8);
    const start = this.starts[i]!;
    if (this.ends[i]! - start !== utf8.length) return false;
    for (let k = 0; k < utf8.length; k++) if (this.bytes[start + k] !== utf8[k]) return false;
    return true;
  }
}

/** Columns for the needed parts of a table's fields, `capacity` rows long. */
export function jsonColumnOf(name: string, type: DataType, needed: Needed, capacity: number): JsonColumn {
  return { name, type, needed, storage: storageOf(type, needed, capacity) };
}

function storageOf(type: DataType, needed: Needed, capacity: number): Storage {
  const nulls = (): Uint8Array => new Uint8Array(capacity);
  switch (type.kind) {
    case 'BOOLEAN':
      return { kind: 'boolean', values: new Uint8Array(capacity), nulls: nulls() };
    case 'CHAR':
    case 'VARCHAR':
      return new TextStorage(capacity);
    case 'ROW': {
      const columns = type.fields.map((field, i) => {
        const inner = needed === true ? true : needed.get(i);
        return inner === undefined ? undefined : jsonColumnOf(field.name, field.type, inner, capacity);
      });
      return { kind: 'row', nulls: nulls(), columns, fields: columns.map((column) => column?.storage) };
    }
    case 'NULL':
    case 'BINARY':
    case 'VARBINARY':
    case 'ARRAY':
    case 'MAP':
    case 'MULTISET':
      return { kind: 'value', values: new Array<Value>(capacity).fill(null), nulls: nulls() };
    default:
      return { kind: 'number', values: new Float64Array(capacity), nulls: nulls(), big: new Map() };
  }
}

/** Puts a value that was read in the general way at row `i`. */
export function put(storage: Storage, i: number, value: Value): void {
  storage.nulls[i] = value === null ? 1 : 0;
  if (value === null) return;
  switch (storage.kind) {
    case 'number':
      if (typeof value === 'bigint') storage.big.set(i, value);
      else storage.values[i] = value as number;
      return;
    case 'boolean':
      storage.values[i] = value === true ? 1 : 0;
      return;
    case 'text':
      storage.forms[i] = TextForm.decoded;
      storage.decoded.set(i, value as string);
      return;
    case 'value':
      storage.values[i] = value;
      return;
    case 'row':
      storage.columns.forEach((column, k) => {
        if (column !== undefined) put(column.storage, i, (value as readonly Value[])[k]!);
      });
  }
}

/** Forgets what the last batch left outside of arrays, and says which bytes texts are in. */
export function beginBatch(storage: Storage, bytes: Bytes): void {
  if (storage.kind === 'text') storage.over(bytes);
  else if (storage.kind === 'number') storage.big.clear();
  else if (storage.kind === 'row')
    for (const column of storage.columns) if (column !== undefined) beginBatch(column.storage, bytes);
}
