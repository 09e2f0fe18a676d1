import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { eventsTopic, jobOutputTopic, projectTopics } from '@hermes/contracts/topics';

/** Whether a topic of the project is one of the platform's, in which only its services write. */
export const isPlatformTopic = (project: string, topic: string): boolean =>
  projectTopics(project, 1).some(({ name }) => name === topic) || topic.endsWith('.dlq');

/** Makes the topic when it is missing, with the partitions and the retention of the project's events. Answers how many it has. */
export async function ensureOwnTopic(
  kafka: KafkaDriver,
  project: string,
  topic: string,
  cleanupPolicy: 'delete' | 'compact',
): Promise<number> {
  const admin = await kafka.admin();
  try {
    const there = await admin.describeTopic(topic);
    if (there !== undefined) return there.partitions;
    const events = await admin.describeTopic(eventsTopic(project));
    if (events === undefined) throw new Error(`the topics of the project ${project} do not exist yet`);
    await admin.ensureTopics([{ ...jobOutputTopic(topic, events.partitions), cleanupPolicy }]);
    return events.partitions;
  } finally {
    await admin.close();
  }
}
