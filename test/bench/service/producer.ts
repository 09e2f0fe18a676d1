/** The child process that writes deals to Kafka: a backlog as fast as it can, or live ones at a rate. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaProducer } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { type ChildSide, runAsChild } from '../child.ts';
import { type Deal, DealMaker, recordOf } from './deals.ts';

export interface ProducerSetting {
  readonly brokers: string;
  readonly subjects: number;
  readonly seed: number;
  readonly idPrefix: string;
  readonly what:
    | { readonly kind: 'past'; readonly total: number; readonly endMs: number; readonly counted: readonly string[] }
    | { readonly kind: 'live-backlog'; readonly total: number }
    /** Until it is stopped. */
    | { readonly kind: 'live'; readonly perSecond: number };
}

export interface Produced {
  readonly sent: number;
  readonly seconds: number;
  /** Of the event, without key and headers. */
  readonly bytesPerEvent: number;
  /** Events by subject, of the subjects that were to be counted. */
  readonly counts: Readonly<Record<string, number>>;
}

const PER_SEND = 2_000;
const SENDS_UNDER_WAY = 4;
/** Live deals are sent together, as ingest does: a request for each would be Kafka's load and not the service's. */
const SEND_EVERY_MS = 5;

runAsChild<ProducerSetting, Produced>(async (setting, side) => {
  const kafka = openKafka({ brokers: setting.brokers.split(','), clientId: 'bench' });
  const producer = await kafka.producer();
  try {
    const maker = new DealMaker(setting.subjects, setting.seed, setting.idPrefix);
    const { what } = setting;
    if (what.kind === 'live') return await sendLive(producer, maker, what.perSecond, side);
    const make =
      what.kind === 'past'
        ? (i: number): Deal => maker.past(i, what.total, what.endMs)
        : (i: number): Deal => maker.live(i, Date.now());
    return await sendAll(producer, make, what.total, what.kind === 'past' ? what.counted : []);
  } finally {
    await producer.close();
    await kafka.close();
  }
});

async function sendAll(
  producer: KafkaProducer,
  make: (i: number) => Deal,
  total: number,
  counted: readonly string[],
): Promise<Produced> {
  const counts: Record<string, number> = Object.fromEntries(counted.map((subject) => [subject, 0]));
  const underWay: Promise<unknown>[] = [];
  const beganMs = performance.now();
  let bytes = 0;
  for (let at = 0; at < total; at += PER_SEND) {
    const deals = Array.from({ length: Math.min(PER_SEND, total - at) }, (_, i) => make(at + i));
    for (const { subject, value } of deals) {
      bytes += value.length;
      if (counts[subject] !== undefined) counts[subject] += 1;
    }
    const nowMs = Date.now();
    underWay.push(producer.send(deals.map((deal) => recordOf(deal, nowMs))));
    if (underWay.length >= SENDS_UNDER_WAY) await underWay.shift();
  }
  await Promise.all(underWay);
  return { sent: total, seconds: (performance.now() - beganMs) / 1_000, bytesPerEvent: bytes / total, counts };
}

async function sendLive(
  producer: KafkaProducer,
  maker: DealMaker,
  perSecond: number,
  { stopped }: ChildSide,
): Promise<Produced> {
  const underWay = new Set<Promise<unknown>>();
  const beganMs = performance.now();
  let sent = 0;
  let bytes = 0;
  let failure: unknown;
  while (!stopped.aborted && failure === undefined) {
    const due = Math.floor(((performance.now() - beganMs) * perSecond) / 1_000);
    const deals = Array.from({ length: due - sent }, (_, i) => maker.live(sent + i, Date.now()));
    sent += deals.length;
    for (const { value } of deals) bytes += value.length;
    const send = producer
      .send(deals.map((deal) => recordOf(deal, deal.receivedAtMs)))
      .catch((error: unknown) => (failure = error))
      .finally(() => underWay.delete(send));
    underWay.add(send);
    await sleep(SEND_EVERY_MS);
  }
  await Promise.all(underWay);
  if (failure !== undefined) throw failure;
  return { sent, seconds: (performance.now() - beganMs) / 1_000, bytesPerEvent: bytes / sent, counts: {} };
}
