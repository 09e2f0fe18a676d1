/** The child process that only copies records from one topic to the other: what any job from Kafka to Kafka takes here at least. */
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { runAsChild } from '../child.ts';

export interface RelaySetting {
  readonly brokers: string;
  readonly input: string;
  readonly output: string;
}

runAsChild<RelaySetting, null>(async ({ brokers, input, output }, { stopped, mark }) => {
  const kafka = openKafka({ brokers: brokers.split(','), clientId: 'bench-relay' });
  const producer = await kafka.producer();
  const failed = Promise.withResolvers<never>();
  const follower = await kafka.follow({
    topic: input,
    maxWaitMs: 1_000,
    onFailed: failed.reject,
    onRecord: ({ key, value }) => void producer.send([{ topic: output, key, value }]).catch(failed.reject),
  });
  mark('running');
  const ended = new Promise<void>((resolve) => stopped.addEventListener('abort', () => resolve(), { once: true }));
  await Promise.race([ended, failed.promise]);
  await follower.close();
  await producer.close();
  await kafka.close();
  return null;
});
