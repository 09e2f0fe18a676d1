import { adds, RowKind } from '../engine/operator.ts';
import type { DataType, Field, Row, Value } from '../values/data-type.ts';
import type { Needed } from './json-columns.ts';
import { JsonCursor } from './json-cursor.ts';
import { FieldError, type JsonOptions, jsonObjectReader } from './read-json-value.ts';
import { type JsonWriteOptions, jsonRowWriter } from './write-json-value.ts';

/** A row with what happens to it. */
export interface Change {
  readonly kind: RowKind;
  readonly values: readonly Value[];
}

export interface DebeziumOptions extends JsonOptions {
  /** `debezium-json.schema-include`: the change is in `payload`. */
  readonly schemaInclude: boolean;
}

const TEXT: DataType = { kind: 'VARCHAR', length: 2_147_483_647, nullable: true };

/**
 * Makes a reader of one record of Debezium: `op` c and r add the row `after`, d takes `before` away, u does both. Source: Flink's
 * DebeziumJsonDeserializationSchema, which reads as a tree (`JsonOptions.asTree`).
 *
 * @param neededOf - what is read of a field, by its place @throws by the reader: JsonError, FieldError
 */
export function debeziumReader(
  fields: readonly Field[],
  options: DebeziumOptions,
  neededOf: (place: number) => Needed | undefined,
): (text: string) => readonly Change[] {
  const needed = new Map(
    fields.flatMap((_, place) => {
      const part = neededOf(place);
      return part === undefined ? [] : [[place, part] as const];
    }),
  );
  const row: DataType = { kind: 'ROW', fields, nullable: true };
  const parts: readonly Field[] = [
    { name: 'before', type: row },
    { name: 'after', type: row },
    { name: 'op', type: TEXT },
  ];
  const payload: DataType = { kind: 'ROW', fields: parts, nullable: true };
  const neededParts = new Map<number, Needed>([
    [0, needed],
    [1, needed],
    [2, true],
  ]);
  const read = options.schemaInclude
    ? jsonObjectReader([{ name: 'payload', type: payload }], options, () => neededParts)
    : jsonObjectReader(parts, options, (place) => neededParts.get(place));
  return (text) => {
    const cursor = new JsonCursor(text);
    if (cursor.peek() !== '{') cursor.fail('an object { ... } is expected');
    const values = read(cursor);
    const found = options.schemaInclude ? (values[0] as Row | null) : values;
    if (found === null) throw new FieldError("the record has no payload, and 'debezium-json.schema-include' is 'true'");
    return changesOf(found as readonly [Row | null, Row | null, string | null]);
  };
}

function changesOf([before, after, op]: readonly [Row | null, Row | null, string | null]): readonly Change[] {
  switch (op) {
    case 'c':
    case 'r':
      return [{ kind: RowKind.insert, values: there(after, 'after', op) }];
    case 'u':
      return [
        { kind: RowKind.updateBefore, values: there(before, 'before', op) },
        { kind: RowKind.updateAfter, values: there(after, 'after', op) },
      ];
    case 'd':
      return [{ kind: RowKind.delete, values: there(before, 'before', op) }];
    case null:
      throw new FieldError("the record has no 'op'");
    default:
      throw new FieldError(`the op '${op}' is none of c, r, u, d`);
  }
}

function there(row: Row | null, part: 'before' | 'after', op: string): Row {
  if (row !== null) return row;
  const hint = part === 'before' ? ': a PostgreSQL table needs REPLICA IDENTITY FULL' : '';
  throw new FieldError(`the record with op '${op}' has no '${part}'${hint}`);
}

/** Writes changes as Flink does: what is added as op c, what is taken back as op d. */
export function debeziumWriter(
  fields: readonly { readonly name: string; readonly type: DataType }[],
  options: JsonWriteOptions,
): (kind: RowKind, row: Row) => string {
  const write = jsonRowWriter(fields, options);
  const absent = (part: string): string => (options.ignoreNullFields ? '' : `"${part}":null,`);
  return (kind, row) =>
    adds(kind)
      ? `{${absent('before')}"after":${write(row)},"op":"c"}`
      : `{"before":${write(row)},${absent('after')}"op":"d"}`;
}
