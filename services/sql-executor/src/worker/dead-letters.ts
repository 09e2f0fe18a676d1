import type { KafkaMessage } from '@hermes/connectors/kafka/driver';
import { DEAD_LETTER_HEADERS } from '@hermes/contracts/event';
import { processorDeadLetterTopic } from '@hermes/contracts/topics';
import type { BadLookup } from '@hermes/stream-sql/engine/job-options';
import { jsonRowWriter } from '@hermes/stream-sql/json/write-json-value';
import type { StreamPlan } from '@hermes/stream-sql/planner/plan';
import type { BadRecord, OriginalRecord } from '../connectors/connector.ts';

/** What becomes a dead letter: a record as it came, or the row that it had become where the record is not known any more. */
export interface BadLetter extends Pick<OriginalRecord, 'key' | 'value' | 'headers'> {
  /** For people and tools: where it comes from. */
  readonly from: string;
  readonly code: string;
  readonly reason: string;
}

export const letterOf = ({ record, code, reason }: BadRecord): BadLetter => ({
  from: `${record.topic}/${record.partition}/${record.offset}`,
  key: record.key,
  value: record.value,
  headers: record.headers,
  code,
  reason,
});

const ROW_AS_JSON = {
  timestampFormat: 'ISO-8601',
  mapNullKey: 'LITERAL',
  mapNullKeyLiteral: 'null',
  plainDecimals: true,
  ignoreNullFields: false,
} as const;

/** A row that failed behind a lookup join, as it came to the join. */
export function letterOfRow(
  { run, plan }: { readonly run: string; readonly plan: StreamPlan },
  { node, row, code, reason }: BadLookup,
): BadLetter {
  const { columns } = plan.nodes[plan.nodes[node]!.inputs[0]!]!;
  const value = Buffer.from(jsonRowWriter(columns, ROW_AS_JSON)(row));
  return { from: `${run}/${node}`, key: null, value, headers: {}, code, reason };
}

/** What is sent: the record or row, with its reason. */
export function deadLetter(
  { from, key, value, headers: original, code, reason }: BadLetter,
  { project, job, at }: { readonly project: string; readonly job: string; readonly at: string },
): KafkaMessage {
  const headers = Object.entries(original).filter((entry): entry is [string, Buffer] => entry[1] !== undefined);
  return {
    topic: processorDeadLetterTopic(project, 'sql-executor'),
    partition: 0,
    key,
    value,
    headers: {
      ...Object.fromEntries(headers),
      [DEAD_LETTER_HEADERS.code]: code,
      [DEAD_LETTER_HEADERS.reason]: reason,
      [DEAD_LETTER_HEADERS.from]: from,
      [DEAD_LETTER_HEADERS.at]: at,
      hermes_job: job,
    },
  };
}
