import type { ConnectorDescription, DeclaredTable, OptionDescription, TableProblem } from './description.ts';
import { jsonFormat } from './formats.ts';
import { boundedProblem, foreignTopic, kafka, rawKeyProblem } from './kafka.ts';

const fromKafka = (key: string): OptionDescription => kafka.options.find((option) => option.key === key)!;

/** A topic as a table by key. Source of names, defaults and metadata: Flink's documentation, "Upsert Kafka SQL Connector". */
export const upsertKafka: ConnectorDescription = {
  name: 'upsert-kafka',
  about:
    'Records of a Kafka topic as rows by their key: the newest record of a key is its row, one without a value (a tombstone) deletes it. It is read from its beginning.',
  options: [
    fromKafka('topic'),
    {
      key: 'key.format',
      value: { kind: 'one-of', values: ['json', 'raw'] },
      required: ['source', 'sink'],
      about: 'How the key is written: the columns of the primary key; raw is the text of one column.',
    },
    {
      key: 'value.format',
      value: { kind: 'one-of', values: ['json'] },
      required: ['source', 'sink'],
      about: 'How the value is written.',
    },
    { ...fromKafka('value.fields-include'), about: 'Whether the columns of the primary key are in the value too.' },
    fromKafka('scan.bounded.mode'),
    fromKafka('scan.bounded.timestamp-millis'),
    fromKafka('sink.delivery-guarantee'),
    fromKafka('sink.transactional-id-prefix'),
    fromKafka('properties.*'),
    ...jsonFormat.options.map((option) => ({ ...option, key: `value.${option.key}` })),
  ],
  formats: [],
  metadata: kafka.metadata,
  source: { bounded: (options) => options['scan.bounded.mode'] !== 'unbounded', changelog: () => 'upsert' },
  sink: { accepts: 'upsert', primaryKey: 'needed' },
  refused: [
    ['scan.startup.mode', 'leave it out: the table is what all records of the topic make'],
    ['sink.buffer-flush', 'leave it out: records leave with the turn or the checkpoint in which they came'],
    ['sink.partitioner', 'leave it out: records are partitioned by their key'],
    ['key.json', 'leave it out'],
    ['key.fields', 'leave it out: the key is the PRIMARY KEY'],
    ['format', "write 'key.format' and 'value.format'"],
    ...kafka.refused.filter(([prefix]) => !prefix.startsWith('value.') && !prefix.startsWith('key.')),
  ],
  check,
};

function check(table: DeclaredTable): TableProblem | undefined {
  if (table.primaryKey.length === 0)
    return {
      at: 'table',
      message: `the table ${table.name} has no primary key, by which its records are rows`,
      hint: 'add PRIMARY KEY (...) NOT ENFORCED',
    };
  return foreignTopic(table) ?? boundedProblem(table, 'bounded') ?? rawKeyProblem(table, table.primaryKey);
}
