import type { ConnectorDescription, FormatDescription } from './description.ts';

/** JSON records. Source of names and defaults: Flink's documentation, "JSON Format". */
export const jsonFormat: FormatDescription = {
  name: 'json',
  options: [
    {
      key: 'json.ignore-parse-errors',
      value: { kind: 'boolean' },
      default: 'false',
      about: 'Fields that cannot be read are NULL and records that are no JSON are passed over.',
    },
    {
      key: 'json.fail-on-missing-field',
      value: { kind: 'boolean' },
      default: 'false',
      about: 'A record without one of the columns is a bad record.',
    },
    {
      key: 'json.timestamp-format.standard',
      value: { kind: 'one-of', values: ['SQL', 'ISO-8601'] },
      default: 'SQL',
      about: "'2026-01-31 23:59:59.123' or '2026-01-31T23:59:59.123Z'.",
    },
    {
      key: 'json.map-null-key.mode',
      value: { kind: 'one-of', values: ['FAIL', 'DROP', 'LITERAL'] },
      default: 'FAIL',
      about: 'What a MAP entry whose key is NULL becomes when it is written.',
    },
    {
      key: 'json.map-null-key.literal',
      value: { kind: 'text' },
      default: 'null',
      about: 'The key that is written for NULL in the mode LITERAL.',
    },
    {
      key: 'json.encode.decimal-as-plain-number',
      value: { kind: 'boolean' },
      default: 'false',
      about: 'Decimals are written without an exponent.',
    },
    {
      key: 'json.encode.ignore-null-fields',
      value: { kind: 'boolean' },
      default: 'false',
      about: 'Fields that are NULL are not written.',
    },
  ],
};

/** Options that formats of changes share with `json`, under their own name. Source: Flink's DebeziumJsonFormatFactory. */
const SHARED = ['ignore-parse-errors', 'timestamp-format.standard', 'map-null-key.mode', 'map-null-key.literal', 'encode.decimal-as-plain-number', 'encode.ignore-null-fields'] as const; // prettier-ignore

/** Changes as Debezium writes them. Source of names and defaults: Flink's documentation, "Debezium Format". */
export const debeziumJsonFormat: FormatDescription = {
  name: 'debezium-json',
  changelog: 'retract',
  options: [
    {
      key: 'debezium-json.schema-include',
      value: { kind: 'boolean' },
      default: 'false',
      about:
        "Records carry their schema (Kafka Connect's value.converter.schemas.enable): the change is in `payload`. Read only.",
    },
    ...SHARED.map((name) => ({
      ...jsonFormat.options.find(({ key }) => key === `json.${name}`)!,
      key: `debezium-json.${name}`,
    })),
  ],
};

/** A connector as it is with a table's format. */
export function withFormat(
  connector: ConnectorDescription,
  options: Readonly<Record<string, string>>,
): ConnectorDescription {
  const changelog = connector.formats.find(({ name }) => name === options['format'])?.changelog;
  if (changelog === undefined) return connector;
  return {
    ...connector,
    ...(connector.source === undefined ? {} : { source: { ...connector.source, changelog: () => changelog } }),
    ...(connector.sink === undefined
      ? {}
      : { sink: { ...connector.sink, accepts: changelog, primaryKey: 'allowed' as const } }),
  };
}

const character = { kind: 'text', pattern: /^(.|\\t|\\u[0-9a-fA-F]{4})$/su, example: ';' } as const;

/** Lines of text. Source of names and defaults: Flink's documentation, "CSV Format". */
export const csvFormat: FormatDescription = {
  name: 'csv',
  options: [
    { key: 'csv.field-delimiter', value: character, default: ',', about: 'Between fields; `\\t` is a tabulator.' },
    { key: 'csv.quote-character', value: character, default: '"', about: 'Around a field with delimiters in it.' },
    {
      key: 'csv.disable-quote-character',
      value: { kind: 'boolean' },
      default: 'false',
      about: 'Quotes have no meaning.',
    },
    {
      key: 'csv.allow-comments',
      value: { kind: 'boolean' },
      default: 'false',
      about: 'Lines that begin with # are passed over.',
    },
    {
      key: 'csv.ignore-parse-errors',
      value: { kind: 'boolean' },
      default: 'false',
      about: 'Fields that cannot be read are NULL.',
    },
    { key: 'csv.array-element-delimiter', value: character, default: ';', about: 'Between elements of ARRAY and ROW.' },
    {
      key: 'csv.escape-character',
      value: character,
      about: 'Before a character that has no meaning; none by default.',
    },
    { key: 'csv.null-literal', value: { kind: 'text' }, about: 'The text that stands for NULL; none by default.' },
  ],
};
