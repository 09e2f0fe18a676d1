import { textTable } from '../../scenario/text-table.ts';
import { BenchChild } from '../child.ts';
import { percentile } from '../percentile.ts';
import { BENCH_FEATURE_IDS } from './bench-features.ts';
import { type BenchService, type CpuReading, cpuSince, until } from '../service/bench-service.ts';
import { bucketOf } from '../service/exposition.ts';
import { PRODUCER } from './load-history.ts';
import { cpuOf } from '../service/process-cpu.ts';
import type { Produced, ProducerSetting } from '../service/producer.ts';
import type { ReaderResult, ReaderSetting } from './reader.ts';
import type { Settings } from './settings.ts';

const READER = new URL('./reader.ts', import.meta.url);

export interface ReadRun extends ReaderResult {
  readonly p99Ms: number;
  readonly bareP99Ms: number;
  /** From an event's receipt to readable: the upper edges of the buckets. */
  readonly freshnessP50Ms: number;
  readonly freshnessP99Ms: number;
  readonly updatesPerSecond: number;
  /** Of a core, by process. */
  readonly cores: Readonly<Record<string, number>>;
}

export interface ReadPlan {
  readonly key: string;
  readonly settings: Settings;
  readonly bareBytes: number;
  readonly profilesPerRequest: number;
  readonly seed: number;
  /** Until when reads are measured; default: for `settings.measuredMs`. */
  readonly untilSo?: () => Promise<boolean>;
}

/** Reads beside updates, for as long as the plan says. @throws Error when profile-store or the load ends meanwhile */
export async function measureReads(store: BenchService, plan: ReadPlan): Promise<ReadRun> {
  const { settings, profilesPerRequest, untilSo } = plan;
  const { hermes } = store;
  const { subjects, updatesPerSecond } = settings;
  const producer = new BenchChild<Produced>(PRODUCER, {
    brokers: hermes.url('KAFKA_BROKERS'),
    subjects,
    seed: plan.seed,
    idPrefix: `live-${String(plan.seed)}-${String(profilesPerRequest)}`,
    what: { kind: 'live', perSecond: updatesPerSecond },
  } satisfies ProducerSetting);
  const reader = new BenchChild<ReaderResult>(
    READER,
    {
      url: hermes.url('PROFILE_STORE_URL'),
      key: plan.key,
      redisUrl: hermes.url('REDIS_URL'),
      features: BENCH_FEATURE_IDS,
      subjects,
      seed: plan.seed + 1_000,
      perSecond: settings.readsPerSecond / profilesPerRequest,
      profilesPerRequest,
      bareBytes: plan.bareBytes,
      warmUpMs: settings.warmUpMs,
      measuredMs: untilSo === undefined ? settings.measuredMs : undefined,
    } satisfies ReaderSetting,
    'all-first',
  );
  // Whichever fails first ends the run.
  const failed = new Promise<never>((_, reject) => void producer.result.catch(reject));
  failed.catch(() => undefined);
  await Promise.race([reader.reached('measuring'), failed]);
  const storePid = store.pid('profile-store');
  const metricsBefore = await store.metrics();
  const [cpuBefore, beganMs, appliedBefore] = [
    cpuOfAll(store, reader, producer),
    performance.now(),
    await store.applied(),
  ];
  if (untilSo !== undefined) {
    await until(3_600_000, 'the measurement has no end', untilSo);
    reader.stop();
  }
  const result = await Promise.race([reader.result, failed]);
  const seconds = (performance.now() - beganMs) / 1_000;
  const cores = coresBetween(cpuBefore, cpuOfAll(store, undefined, producer), seconds);
  const applied = (await store.applied()) - appliedBefore;
  store.checkStillRuns(storePid);
  const metrics = await store.metrics();
  // The gauge of freshness looks back a minute, beyond this run; the histogram can be asked for the run alone.
  const freshness = (quantile: number): number =>
    bucketOf(metrics, 'hermes_hop_latency_ms', quantile, { labels: { hop: 'profiled' }, since: metricsBefore });
  producer.stop();
  await producer.result;
  return {
    ...result,
    p99Ms: percentile(result.readMs, 99),
    bareP99Ms: percentile(result.bareMs, 99),
    freshnessP50Ms: freshness(0.5),
    freshnessP99Ms: freshness(0.99),
    updatesPerSecond: applied / seconds,
    cores,
  };
}

type AllCpu = CpuReading & { readonly producer: number; readonly reader: number | undefined };

function cpuOfAll(store: BenchService, reader: BenchChild<unknown> | undefined, producer: BenchChild<unknown>): AllCpu {
  return {
    ...store.cpu(),
    reader: reader === undefined ? undefined : cpuOf(reader.pid).ownS,
    producer: cpuOf(producer.pid).ownS,
  };
}

function coresBetween(before: AllCpu, after: AllCpu, seconds: number): Record<string, number> {
  const since = cpuSince(before, after);
  return {
    'profile-store': since.service.ownS / seconds,
    valkey: since.valkey.ownS / seconds,
    kafka: since.kafka.ownS / seconds,
    producer: (after.producer - before.producer) / seconds,
  };
}

/** @throws Error with a sentence when a read was answered with anything but the profile of a known subject */
export function checkAnswers(runs: readonly ReadRun[]): void {
  for (const { wrong } of runs) {
    const what = Object.entries(wrong).map(([problem, times]) => `${problem} (${String(times)} times)`);
    if (what.length > 0) throw new Error(`Reads were not answered as they should be: ${what.join('; ')}`);
  }
}

export const round2 = (value: number): number => Math.round(value * 100) / 100;

/** The runs as a table; the median one is marked. */
export function readsTable(runs: readonly ReadRun[], median: ReadRun): string {
  const rows = runs.map((run, at) => [
    `${String(at + 1)}${run === median && runs.length > 1 ? ' (median)' : ''}`,
    run.readMs.length,
    round2(percentile(run.readMs, 50)),
    round2(run.p99Ms),
    round2(percentile(run.readMs, 100)),
    round2(percentile(run.bareMs, 50)),
    round2(run.bareP99Ms),
    round2(run.p99Ms - run.bareP99Ms),
    round2(percentile(run.lateMs, 99)),
    Math.round(run.updatesPerSecond),
    run.freshnessP50Ms,
    run.freshnessP99Ms,
    ['profile-store', 'valkey', 'kafka', 'producer']
      .map((name) => `${String(Math.round((run.cores[name] ?? 0) * 100))}`)
      .join(' '),
  ]);
  return textTable(
    [
      'run',
      'requests',
      'p50 ms',
      'p99 ms',
      'max ms',
      'bare p50',
      'bare p99',
      'p99 above bare',
      'sender late p99',
      'updates/s',
      'fresh p50 <=',
      'fresh p99 <=',
      'CPU % store valkey kafka producer',
    ],
    rows,
  );
}
