import type { DebeziumOptions } from './debezium.ts';
import type { JsonOptions } from './read-json-value.ts';
import type { JsonWriteOptions } from './write-json-value.ts';

type Options = Readonly<Record<string, string>>;

/** Whose options: those of the format `json`, of a format that is built on it, or of one part of a record. */
export type JsonPrefix = 'json' | 'debezium-json' | 'key.json' | 'value.json';

const timestampFormat = (options: Options, prefix: JsonPrefix): 'SQL' | 'ISO-8601' =>
  options[`${prefix}.timestamp-format.standard`] === 'ISO-8601' ? 'ISO-8601' : 'SQL';

/** How a table's options want JSON to be read. */
export const jsonReadOptions = (options: Options, prefix: JsonPrefix = 'json'): JsonOptions => ({
  ignoreParseErrors: options[`${prefix}.ignore-parse-errors`] === 'true',
  failOnMissingField: options[`${prefix}.fail-on-missing-field`] === 'true',
  timestampFormat: timestampFormat(options, prefix),
});

/** How a table's options want the records of Debezium to be read. */
export const debeziumReadOptions = (options: Options): DebeziumOptions => ({
  ...jsonReadOptions(options, 'debezium-json'),
  schemaInclude: options['debezium-json.schema-include'] === 'true',
  asTree: true,
});

/** How a table's options want JSON to be written. */
export const jsonWriteOptions = (options: Options, prefix: JsonPrefix = 'json'): JsonWriteOptions => {
  const mode = options[`${prefix}.map-null-key.mode`];
  return {
    timestampFormat: timestampFormat(options, prefix),
    mapNullKey: mode === 'DROP' || mode === 'LITERAL' ? mode : 'FAIL',
    mapNullKeyLiteral: options[`${prefix}.map-null-key.literal`] ?? 'null',
    plainDecimals: options[`${prefix}.encode.decimal-as-plain-number`] === 'true',
    ignoreNullFields: options[`${prefix}.encode.ignore-null-fields`] === 'true',
  };
};
