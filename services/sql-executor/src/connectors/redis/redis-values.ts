import { JsonCursor } from '@hermes/stream-sql/json/json-cursor';
import { jsonValueReader } from '@hermes/stream-sql/json/read-json-value';
import { jsonValueWriter } from '@hermes/stream-sql/json/write-json-value';
import type { DataType, Field, Value } from '@hermes/stream-sql/values/data-type';
import { jsonReadOptions, jsonWriteOptions } from '@hermes/stream-sql/json/json-options';

const OPTIONS = { 'json.timestamp-format.standard': 'ISO-8601', 'json.encode.decimal-as-plain-number': 'true' };

/** A value as a text: as JSON has it, but texts, times and bytes (base64) without quotes. */
export function redisText(type: DataType): (value: Exclude<Value, null>) => string {
  const write = jsonValueWriter(type, jsonWriteOptions({ ...OPTIONS, 'json.map-null-key.mode': 'LITERAL' }));
  return (value) => {
    if (typeof value === 'string') return value;
    const json = write(value);
    return json.startsWith('"') ? (JSON.parse(json) as string) : json;
  };
}

const NESTED: readonly DataType['kind'][] = ['ROW', 'ARRAY', 'MAP', 'MULTISET'];

/** Reads what `redisText` writes. Throws FieldError or JsonError when the text is none of the type's. */
export function redisValue(field: Field): (text: string) => Value {
  const { kind } = field.type;
  if (kind === 'CHAR' || kind === 'VARCHAR') return (text) => text;
  const read = jsonValueReader(field, jsonReadOptions(OPTIONS));
  return NESTED.includes(kind)
    ? (text) => read(new JsonCursor(text))
    : (text) => read(new JsonCursor(JSON.stringify(text)));
}
