import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { Kafka, logLevel } from 'kafkajs';

/** How far a consumer group is behind on one topic: records not yet read, over all partitions. */
export interface GroupLag {
  group: string;
  topic: string;
  lag: number;
}

/** Committed offsets of every group compared with the logs' ends. */
export async function consumerLag(brokers: string): Promise<GroupLag[]> {
  const client = new Kafka({
    brokers: brokers.split(','),
    clientId: 'hermes-status',
    logLevel: logLevel.NOTHING,
    retry: { retries: 1 },
  });
  const groupsAdmin = client.admin();
  const driver = openKafka({ brokers: brokers.split(','), clientId: 'hermes-status' });
  const admin = await driver.admin();
  try {
    await groupsAdmin.connect();
    const { groups } = await groupsAdmin.listGroups();
    const ends = new Map<string, ReadonlyMap<number, { latest: number }>>();
    const lags: GroupLag[] = [];
    for (const { groupId } of groups.filter(({ groupId: id }) => id.startsWith('hermes.'))) {
      for (const { topic, partitions } of await groupsAdmin.fetchOffsets({ groupId })) {
        const end = ends.get(topic) ?? (await admin.offsets(topic));
        ends.set(topic, end);
        const lag = partitions.reduce((sum, { partition, offset }) => {
          const committed = Number(offset);
          return committed < 0 ? sum : sum + Math.max(0, (end.get(partition)?.latest ?? 0) - committed);
        }, 0);
        lags.push({ group: groupId, topic, lag });
      }
    }
    return lags.toSorted((a, b) => a.group.localeCompare(b.group) || a.topic.localeCompare(b.topic));
  } finally {
    await Promise.allSettled([groupsAdmin.disconnect(), admin.close()]);
    await driver.close();
  }
}
