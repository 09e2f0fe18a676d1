import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { nexmarkEvents } from './nexmark-events.ts';

const EVENTS_PER_SEND = 2_000;
const SENDS_UNDER_WAY = 4;

/** Makes a topic of one partition with the events, one JSON record each; not compressed. */
export async function loadTopic(
  kafka: KafkaDriver,
  topic: string,
  { events, seed, perSecond }: { readonly events: number; readonly seed: number; readonly perSecond: number },
  report: (loaded: number) => void,
): Promise<void> {
  const spec = { name: topic, partitions: 1, cleanupPolicy: 'delete', retentionMs: -1, retentionBytes: -1 } as const;
  await (await kafka.admin()).ensureTopics([spec]);
  const producer = await kafka.producer();
  const event = nexmarkEvents(seed, perSecond);
  const underWay: Promise<unknown>[] = [];
  for (let from = 0; from < events; from += EVENTS_PER_SEND) {
    const count = Math.min(EVENTS_PER_SEND, events - from);
    const messages = Array.from({ length: count }, (_, i) => ({
      topic,
      partition: 0,
      key: null,
      value: event(from + i),
    }));
    underWay.push(producer.send(messages));
    if (underWay.length >= SENDS_UNDER_WAY) await underWay.shift();
    if (from % 500_000 === 0) report(from);
  }
  await Promise.all(underWay);
  await producer.close();
}
