import type { JsonOptions } from '@hermes/stream-sql/json/read-json-value';
import type { JsonWriteOptions } from '@hermes/stream-sql/json/write-json-value';

type Options = Readonly<Record<string, string>>;

const timestampFormat = (options: Options): 'SQL' | 'ISO-8601' =>
  options['json.timestamp-format.standard'] === 'ISO-8601' ? 'ISO-8601' : 'SQL';

/** How a table's options want JSON to be read. */
export const jsonReadOptions = (options: Options): JsonOptions => ({
  ignoreParseErrors: options['json.ignore-parse-errors'] === 'true',
  failOnMissingField: options['json.fail-on-missing-field'] === 'true',
  timestampFormat: timestampFormat(options),
});

/** How a table's options want JSON to be written. */
export const jsonWriteOptions = (options: Options): JsonWriteOptions => {
  const mode = options['json.map-null-key.mode'];
  return {
    timestampFormat: timestampFormat(options),
    mapNullKey: mode === 'DROP' || mode === 'LITERAL' ? mode : 'FAIL',
    mapNullKeyLiteral: options['json.map-null-key.literal'] ?? 'null',
    plainDecimals: options['json.encode.decimal-as-plain-number'] === 'true',
    ignoreNullFields: options['json.encode.ignore-null-fields'] === 'true',
  };
};
