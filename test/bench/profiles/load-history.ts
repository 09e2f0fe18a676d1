import { partitionOf } from '@hermes/contracts/partitioning';
import { ProfileClient } from '@hermes/profile-client/profile-client';
import { stateKey } from '@hermes/stream-runtime/state-keys';
import { textTable } from '../../scenario/text-table.ts';
import { BenchChild } from '../child.ts';
import { percentile, round1 } from '../percentile.ts';
import { BENCH_FEATURE_IDS } from './bench-features.ts';
import { type BenchService, cpuSince, PARTITIONS, until, untilApplied } from '../service/bench-service.ts';
import { HOTTEST_SHARE, PROJECT, subjectOf } from '../service/deals.ts';
import { bucketOf, figureIn } from '../service/exposition.ts';
import { residentBytesOf } from '../service/process-cpu.ts';
import type { Produced, ProducerSetting } from '../service/producer.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Settings } from './settings.ts';
import { ZipfSampler } from '../service/zipf.ts';

export const PRODUCER = new URL('../service/producer.ts', import.meta.url);

export interface Loaded {
  readonly updatesPerCpuS: number;
  readonly bytesPerProfile: number;
  /** Average answer to a read of all features, in bytes. */
  readonly answerBytes: number;
}

/** Writes the whole history while profile-store is down, lets it catch up, and measures that. */
export async function loadHistory(store: BenchService, key: string, settings: Settings): Promise<Loaded> {
  const { subjects, seed } = settings;
  const total = subjects * settings.eventsPerProfile;
  const counted = [0, 9, 99, subjects - 1].filter((rank) => rank < subjects).map(subjectOf);
  await store.suspend('profile-store');
  console.error(`writing ${String(total)} events`);
  const produced = await new BenchChild<Produced>(PRODUCER, {
    brokers: store.hermes.url('KAFKA_BROKERS'),
    subjects,
    seed,
    idPrefix: 'past',
    what: { kind: 'past', total, endMs: Date.now(), counted },
  } satisfies ProducerSetting).result;
  console.error(`written in ${round1(produced.seconds).toFixed(1)} s; profile-store catches up`);

  const memoryBefore = await store.usedMemory();
  const appliedBefore = await store.applied();
  store.resume('profile-store');
  await until(90_000, 'no event was applied', async () => (await store.applied()) > appliedBefore);
  const [began, beganMs, cpuBefore] = [await store.applied(), performance.now(), store.cpu()];
  const storePid = store.pid('profile-store');
  await untilApplied(store, appliedBefore + total, storePid);
  const seconds = (performance.now() - beganMs) / 1_000;
  const events = appliedBefore + total - began;
  const residentBytes = residentBytesOf(storePid);
  const quick = cpuSince(cpuBefore, store.cpu());
  await store.untilRewritten();
  const cpu = { ...quick, valkey: cpuSince(cpuBefore, store.cpu()).valkey };
  const memoryAfter = await store.usedMemory();
  await store.untilReady();
  const metrics = await store.metrics();
  await checkCounts(store, key, produced.counts);

  const valkeyS = cpu.valkey.ownS + cpu.valkey.endedChildrenS;
  const storeS = cpu.service.ownS;
  const updatesPerCpuS = events / (storeS + valkeyS);
  const bytesPerProfile = (memoryAfter - memoryBefore) / subjects;
  const perEvent = (cpuS: number): string => `${round1((cpuS / events) * 1e6).toFixed(1)}`;
  const share = (cpuS: number): string => `${String(Math.round((100 * cpuS) / seconds))} %`;
  const rows: readonly [string, number, number][] = [
    ['profile-store', storeS, residentBytes],
    ['Valkey', cpu.valkey.ownS, residentBytesOf(store.pid('valkey'))],
    ['Valkey, writing its file anew', cpu.valkey.endedChildrenS, 0],
    ['Kafka (not part of the figure)', cpu.kafka.ownS, residentBytesOf(store.pid('kafka'))],
  ];
  console.log(
    `\nCatching up with ${String(events)} events (${String(Math.round(produced.bytesPerEvent))} bytes each) of ${String(subjects)} subjects in ` +
      `${round1(seconds).toFixed(1)} s: ${String(Math.round(events / seconds))} events/s; a step takes at most ${String(bucketOf(metrics, 'hermes_profile_step_ms', 0.99))} ms at p99; ` +
      `${String(figureIn(metrics, 'hermes_profile_late_events_total') || 0)} times an event was too late for a window\n` +
      textTable(
        ['process', 'CPU s', 'us an event', 'of a core', 'MB resident'],
        rows.map(([name, cpuS, bytes]) => [name, round1(cpuS), perEvent(cpuS), share(cpuS), Math.round(bytes / 1e6)]),
      ),
  );
  const stored = await storedBytes(store, settings);
  const answerBytes = await answerBytesOf(store, key, settings);
  console.log(
    `\nupdates per CPU-second: ${String(Math.round(updatesPerCpuS))}; Valkey's memory ${String(Math.round(memoryBefore / 1e6))} -> ${String(Math.round(memoryAfter / 1e6))} MB, ` +
      `${String(Math.round(bytesPerProfile))} bytes a profile; stored values of 1,000 random profiles p50 ${String(percentile(stored, 50))}, p99 ${String(percentile(stored, 99))} bytes; ` +
      `the answer to a read of all features has ${String(answerBytes)} bytes on average`,
  );
  return { updatesPerCpuS, bytesPerProfile, answerBytes };
}

/** A fast answer that is wrong is worth nothing. */
async function checkCounts(store: BenchService, key: string, counts: Produced['counts']): Promise<void> {
  const client = new ProfileClient({ url: store.hermes.url('PROFILE_STORE_URL'), project: PROJECT, key });
  for (const [subject, count] of Object.entries(counts)) {
    const read = await client.read<{ deals: number }>(subject, ['deals']);
    const value = read.kind === 'ok' ? read.profile.features.deals?.value : read.detail;
    if (value !== count)
      throw new Error(`${subject} has ${String(count)} deals, and its profile says ${String(value)}.`);
  }
  await client.close();
}

async function storedBytes(store: BenchService, { subjects }: Settings): Promise<readonly number[]> {
  const lengths: number[] = [];
  for (let i = 0; i < 1_000; i++) {
    const subject = subjectOf(Math.floor((i * subjects) / 1_000));
    lengths.push(
      await store.redis.strlen(stateKey('profile-store', PROJECT, partitionOf(subject, PARTITIONS), subject)),
    );
  }
  return lengths;
}

async function answerBytesOf(store: BenchService, key: string, { subjects, seed }: Settings): Promise<number> {
  const sampler = new ZipfSampler(subjects, HOTTEST_SHARE, seededRandom(seed));
  const url = `${store.hermes.url('PROFILE_STORE_URL')}/v1/projects/${PROJECT}/profiles`;
  let bytes = 0;
  for (let i = 0; i < 500; i++) {
    const subject = encodeURIComponent(subjectOf(sampler.next()));
    const answer = await fetch(`${url}/${subject}?features=${BENCH_FEATURE_IDS.join(',')}`, {
      headers: { authorization: `Bearer ${key}`, 'accept-encoding': 'identity' },
    });
    if (!answer.ok) throw new Error(`a read was answered ${String(answer.status)}: ${await answer.text()}`);
    bytes += (await answer.arrayBuffer()).byteLength;
  }
  return Math.round(bytes / 500);
}
