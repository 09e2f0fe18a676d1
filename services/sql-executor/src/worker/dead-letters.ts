import type { KafkaMessage } from '@hermes/connectors/kafka/driver';
import { DEAD_LETTER_HEADERS } from '@hermes/contracts/event';
import { processorDeadLetterTopic } from '@hermes/contracts/topics';
import type { BadLetter } from './stream-run.ts';

/** A record that gave no row, with its reason and as it came. */
export function deadLetter(
  { record, code, reason }: BadLetter,
  { project, job, at }: { readonly project: string; readonly job: string; readonly at: string },
): KafkaMessage {
  const headers = Object.entries(record.headers).filter((entry): entry is [string, Buffer] => entry[1] !== undefined);
  return {
    topic: processorDeadLetterTopic(project, 'sql-executor'),
    partition: 0,
    key: record.key,
    value: record.value,
    headers: {
      ...Object.fromEntries(headers),
      [DEAD_LETTER_HEADERS.code]: code,
      [DEAD_LETTER_HEADERS.reason]: reason,
      [DEAD_LETTER_HEADERS.from]: `${record.topic}/${record.partition}/${record.offset}`,
      [DEAD_LETTER_HEADERS.at]: at,
      hermes_job: job,
    },
  };
}
