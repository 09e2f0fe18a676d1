/** The child process that writes records, each at its instant, whatever comes back: an open loop. */
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { runAsChild } from '../child.ts';
import { metronome } from '../metronome.ts';
import { type Click, clickKeys } from './clicks.ts';

export interface WriterSetting {
  readonly brokers: string;
  readonly topic: string;
  readonly perSecond: number;
  readonly keys: number;
  readonly seed: number;
  /** Records in all, and how many of them come before what is measured. */
  readonly records: number;
  readonly warmUp: number;
}

runAsChild<WriterSetting, null>(async (setting, { mark }) => {
  const kafka = openKafka({ brokers: setting.brokers.split(','), clientId: 'bench-clicks' });
  const producer = await kafka.producer();
  const keyOf = clickKeys(setting.keys, setting.seed);
  const underWay = new Set<Promise<unknown>>();
  const { promise: written, resolve, reject } = Promise.withResolvers<void>();
  const stop = metronome(setting.perSecond, (n, due) => {
    if (n >= setting.records) return resolve();
    if (n === setting.warmUp) mark('warm');
    const k = keyOf();
    const value = JSON.stringify({ k, n, due } satisfies Click);
    const sent = producer
      .send([{ topic: setting.topic, key: k, value }])
      .catch(reject)
      .finally(() => underWay.delete(sent));
    underWay.add(sent);
  });
  await written;
  stop();
  await Promise.all(underWay);
  await kafka.close();
  return null;
});
