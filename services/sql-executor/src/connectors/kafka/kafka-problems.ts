import type { TablePlan } from '@hermes/stream-sql/planner/plan';
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

export function kafkaSinkProblem({ options, columns }: TablePlan, project: string): UseProblem | undefined {
  const topic = options['topic'] ?? '';
  if (isPlatformTopic(project, topic))
    return {
      message: `the topic ${topic} is written by the platform alone`,
      hint: `name a topic of the job's own, for example '${project}.my-result'`,
    };
  const keys = (options['key.fields'] ?? '').split(';');
  const odd = columns.find((column) => keys.includes(column.name) && column.kind !== 'physical');
  return odd === undefined
    ? undefined
    : { message: `${odd.name} is a ${odd.kind} column and cannot be in the key`, hint: 'name columns of the record' };
}
