import type { TablePlan } from '@hermes/stream-sql/planner/plan';
import { kafka } from '@hermes/stream-sql/planner/connectors/kafka';
import type { UseProblem } from '../use-problem.ts';
import { isPlatformTopic } from './own-topic.ts';

export function kafkaSourceProblem({ options }: TablePlan): UseProblem | undefined {
  return options['value.fields-include'] === 'EXCEPT_KEY'
    ? {
        message: "columns that are only in the record's key cannot be read",
        hint: "write 'value.fields-include' = 'ALL' where the value has them too",
      }
    : undefined;
}

export function kafkaSinkProblem({ options, columns, name }: TablePlan, project: string): UseProblem | undefined {
  const topic = options['topic'] ?? '';
  if (isPlatformTopic(project, topic))
    return {
      message: `the topic ${topic} is written by the platform alone`,
      hint: `name a topic of the job's own, for example '${project}.my-result'`,
    };
  const fixed = columns.find(
    (column) =>
      column.kind === 'metadata' &&
      !column.virtual &&
      kafka.metadata.some(({ key, writable }) => key === column.key && !writable),
  );
  if (fixed !== undefined)
    return {
      message: `${fixed.name} of ${name} is given by Kafka and cannot be written`,
      hint: `write ${fixed.name} ... METADATA VIRTUAL`,
    };
  const keys = (options['key.fields'] ?? '').split(';');
  const odd = columns.find((column) => keys.includes(column.name) && column.kind !== 'physical');
  return odd === undefined
    ? undefined
    : { message: `${odd.name} is a ${odd.kind} column and cannot be in the key`, hint: 'name columns of the record' };
}
