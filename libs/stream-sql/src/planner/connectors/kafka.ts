import type { DataType } from '../../values/data-type.ts';
import type { ConnectorDescription, DeclaredTable, TableProblem } from './description.ts';
import { debeziumJsonFormat, jsonFormat } from './formats.ts';

const text: DataType = { kind: 'VARCHAR', length: 2_147_483_647, nullable: true };
const plainText: DataType = { ...text, nullable: false };

/** Records of a topic, in and out. Source of names, defaults and metadata: Flink's documentation, "Apache Kafka SQL Connector". */
export const kafka: ConnectorDescription = {
  name: 'kafka',
  about: 'Records of a Kafka topic as rows.',
  options: [
    {
      key: 'topic',
      value: { kind: 'text', pattern: /^[A-Za-z0-9._-]{1,249}$/, example: '${project}.events' },
      required: ['source', 'sink'],
      about: 'The topic.',
    },
    {
      key: 'scan.startup.mode',
      value: { kind: 'one-of', values: ['earliest-offset', 'latest-offset', 'timestamp'] },
      required: ['source'],
      about: 'Where a run that has no checkpoint begins.',
    },
    {
      key: 'scan.startup.timestamp-millis',
      value: { kind: 'integer', min: 0, max: 253_402_300_799_999 },
      about: 'Where to begin in the mode timestamp, in milliseconds since 1970.',
    },
    {
      key: 'scan.bounded.mode',
      value: { kind: 'one-of', values: ['unbounded', 'latest-offset', 'timestamp'] },
      default: 'unbounded',
      about: 'Where to end: never, or at what is there when the run starts.',
    },
    {
      key: 'scan.bounded.timestamp-millis',
      value: { kind: 'integer', min: 0, max: 253_402_300_799_999 },
      about: 'Where to end in the mode timestamp, in milliseconds since 1970.',
    },
    {
      key: 'key.fields',
      value: { kind: 'text' },
      about: "Columns that make the record's key, with ';' between them; written records are partitioned by it.",
    },
    {
      key: 'key.format',
      value: { kind: 'one-of', values: ['json', 'raw'] },
      about: 'How the key is written: raw is the text of one column.',
    },
    {
      key: 'value.fields-include',
      value: { kind: 'one-of', values: ['ALL', 'EXCEPT_KEY'] },
      default: 'ALL',
      about: 'Whether the columns of the key are in the value too.',
    },
    {
      key: 'sink.partitioner',
      value: { kind: 'one-of', values: ['default', 'round-robin'] },
      default: 'default',
      about: 'How partitions are chosen: by the key where there is one.',
    },
    {
      key: 'sink.delivery-guarantee',
      value: { kind: 'one-of', values: ['at-least-once', 'exactly-once'] },
      default: 'at-least-once',
      about:
        'exactly-once: records of a checkpoint are one transaction, and are seen with it. at-least-once: they leave as they come, within milliseconds, and some come again after a failure.',
    },
    {
      key: 'sink.transactional-id-prefix',
      value: { kind: 'text', example: '${project}.my-job' },
      about: 'Begins the names of the transactions; the run has its own where it is left out.',
      platform: true,
    },
    {
      key: 'properties.*',
      value: { kind: 'text' },
      about: "Kafka's own settings: bootstrap.servers, group.id.",
      platform: true,
    },
  ],
  formats: [jsonFormat, debeziumJsonFormat],
  metadata: [
    { key: 'topic', type: plainText, writable: false },
    { key: 'partition', type: { kind: 'INT', nullable: false }, writable: false },
    { key: 'offset', type: { kind: 'BIGINT', nullable: false }, writable: false },
    { key: 'timestamp', type: { kind: 'TIMESTAMP_LTZ', precision: 3, nullable: false }, writable: true },
    {
      key: 'headers',
      type: {
        kind: 'MAP',
        key: plainText,
        value: { kind: 'VARBINARY', length: 2_147_483_647, nullable: true },
        nullable: false,
      },
      writable: true,
    },
  ],
  source: { bounded: (options) => options['scan.bounded.mode'] !== 'unbounded' },
  sink: { accepts: 'append', primaryKey: 'refused' },
  refused: [
    ['properties.', "leave it out: the Kafka connection and its consumer group are the platform's"],
    ['sink.transactional-id-prefix', "leave it out: transactions are named by the platform's runs"],
    ['topic-pattern', "write 'topic': one table reads one topic"],
    ['scan.startup.specific-offsets', "write 'scan.startup.mode' = 'timestamp'"],
    ['scan.topic-partition-discovery', 'leave it out: the partitions of a topic never change here'],
    ['scan.parallelism', 'leave it out: a run is one process'],
    ['sink.parallelism', 'leave it out: a run is one process'],
    ['sink.semantic', "write 'sink.delivery-guarantee'"],
    ['value.format', "write 'format' = 'json' or 'debezium-json'"],
    ['value.json', "write 'format' = 'json' and 'json....'"],
    ['key.json', 'leave it out'],
    ['key.fields-prefix', 'name the columns of the key as the record has them'],
  ],
  check,
};

function check(table: DeclaredTable): TableProblem | undefined {
  const { options } = table;
  const foreign = foreignTopic(table);
  if (foreign !== undefined) return foreign;
  if (options['json.ignore-parse-errors'] === 'true' && options['json.fail-on-missing-field'] === 'true')
    return {
      at: { option: 'json.fail-on-missing-field' },
      message: "'json.fail-on-missing-field' and 'json.ignore-parse-errors' cannot both be 'true'",
      hint: 'leave one of them out',
    };
  return boundedProblem(table, 'startup') ?? boundedProblem(table, 'bounded') ?? keyProblem(table);
}

/** A topic of another project. */
export function foreignTopic({ options, project }: DeclaredTable): TableProblem | undefined {
  const topic = options['topic'] ?? '';
  return project !== null && topic !== '' && !topic.startsWith(`${project}.`)
    ? {
        at: { option: 'topic' },
        message: `the topic ${topic} does not belong to the project ${project}`,
        hint: `a job reads topics of its own project: '${project}.events' or '\${project}.events'`,
      }
    : undefined;
}

/** A time to begin or to end at that is missing, or has no effect. */
export function boundedProblem(table: DeclaredTable, end: 'startup' | 'bounded'): TableProblem | undefined {
  const needed = table.options[`scan.${end}.mode`] === 'timestamp';
  const given = table.isGiven(`scan.${end}.timestamp-millis`);
  if (needed && !given)
    return {
      at: { option: `scan.${end}.mode` },
      message: `'scan.${end}.mode' = 'timestamp' needs 'scan.${end}.timestamp-millis'`,
      hint: `add 'scan.${end}.timestamp-millis' = '1767225600000'`,
    };
  if (given && !needed)
    return {
      at: { option: `scan.${end}.timestamp-millis` },
      message: `'scan.${end}.timestamp-millis' has no effect without 'scan.${end}.mode' = 'timestamp'`,
      hint: 'leave it out',
    };
  return undefined;
}

function keyProblem(table: DeclaredTable): TableProblem | undefined {
  const fields = (table.options['key.fields'] ?? '').split(';').filter((name) => name !== '');
  const format = table.options['key.format'];
  if (fields.length === 0)
    return format === undefined && !table.isGiven('value.fields-include')
      ? undefined
      : {
          at: { option: format === undefined ? 'value.fields-include' : 'key.format' },
          message: `'${format === undefined ? 'value.fields-include' : 'key.format'}' has no effect without 'key.fields'`,
          hint: "add 'key.fields' with the columns of the key, or leave it out",
        };
  if (format === undefined)
    return {
      at: { option: 'key.fields' },
      message: "'key.fields' needs 'key.format'",
      hint: "add 'key.format' = 'json', or 'raw' for one STRING column",
    };
  const missing = fields.find((name) => !table.columns.some((column) => column.name === name));
  if (missing !== undefined)
    return {
      at: { option: 'key.fields' },
      message: `there is no column ${missing} for the key`,
      hint: `there is: ${table.columns.map(({ name }) => name).join(', ')}`,
    };
  return rawKeyProblem(table, fields);
}

/** A raw key that is not one text. */
export function rawKeyProblem(table: DeclaredTable, fields: readonly string[]): TableProblem | undefined {
  if (table.options['key.format'] !== 'raw') return undefined;
  const only = table.columns.find((column) => column.name === fields[0]);
  if (fields.length === 1 && (only?.type.kind === 'VARCHAR' || only?.type.kind === 'CHAR')) return undefined;
  return {
    at: { option: 'key.format' },
    message: "'key.format' = 'raw' is the text of one STRING column",
    hint: "write 'key.format' = 'json'",
  };
}
