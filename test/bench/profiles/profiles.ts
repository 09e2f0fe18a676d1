import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openRedis } from '@hermes/connectors/redis/client';
import type { TestHermes } from '@hermes/stack/testing/hermes';
import type { Bench, BenchResult } from '../bench.ts';
import { onOwnHermes } from '../own-hermes.ts';
import { BenchChild } from '../child.ts';
import { medianBy } from '../percentile.ts';
import { BenchService } from '../service/bench-service.ts';
import { loadHistory, PRODUCER } from './load-history.ts';
import { makeBenchProject } from './make-project.ts';
import { checkAnswers, measureReads, type ReadPlan, readsTable, type ReadRun, round2 } from './measure-reads.ts';
import type { Produced, ProducerSetting } from '../service/producer.ts';
import { readSettings, type Settings } from './settings.ts';

const BATCH = 100;
/** So few events behind, profile-store has caught up. */
const CAUGHT_UP = 5_000;

type Plan = Pick<ReadPlan, 'key' | 'settings' | 'bareBytes'>;

async function readsInRuns(store: BenchService, plan: Plan, profilesPerRequest: number): Promise<ReadRun> {
  const { runs: wanted, readsPerSecond, updatesPerSecond } = plan.settings;
  const runs: ReadRun[] = [];
  const what = profilesPerRequest === 1 ? 'single reads' : `batches of ${String(profilesPerRequest)}`;
  for (let run = 1; run <= wanted; run++) {
    console.error(`${what}: run ${String(run)} of ${String(wanted)}`);
    runs.push(await measureReads(store, { ...plan, profilesPerRequest, seed: plan.settings.seed + run }));
  }
  const median = medianBy(runs, ({ p99Ms }) => p99Ms);
  const bare =
    profilesPerRequest === 1
      ? `a bare GET of ${String(plan.bareBytes)} bytes after every fourth read`
      : `a bare MGET of ${String(profilesPerRequest)} times ${String(plan.bareBytes)} bytes after every fourth`;
  console.log(
    `\n${what} of all 20 features at ${String(readsPerSecond)} profiles/s beside ${String(updatesPerSecond)} updates/s; ${bare}; milliseconds from the instant at which each was due\n` +
      readsTable(runs, median),
  );
  checkAnswers(runs);
  return median;
}

/** Reads while a backlog that has grown during an outage is caught up. */
async function readsBesideBacklog(store: BenchService, plan: Plan): Promise<ReadRun> {
  const { settings } = plan;
  await store.suspend('profile-store');
  console.error(`writing a backlog of ${String(settings.backlog)} events`);
  await new BenchChild<Produced>(PRODUCER, {
    brokers: store.hermes.url('KAFKA_BROKERS'),
    subjects: settings.subjects,
    seed: settings.seed + 500,
    idPrefix: 'backlog',
    what: { kind: 'live-backlog', total: settings.backlog },
  } satisfies ProducerSetting).result;
  store.resume('profile-store');
  await store.untilReady();
  console.error('reads beside the backlog');
  const beganMs = performance.now();
  const untilSo = async (): Promise<boolean> => (await store.written()) - (await store.applied()) < CAUGHT_UP;
  const run = await measureReads(store, { ...plan, profilesPerRequest: 1, seed: settings.seed + 100, untilSo });
  if (run.readMs.length < 1_000)
    throw new Error('The backlog was caught up before enough reads were measured: give a larger --backlog.');
  console.log(
    `\nsingle reads while a backlog of ${String(settings.backlog)} events is caught up (${String(Math.round((performance.now() - beganMs) / 1_000))} s), ${String(settings.updatesPerSecond)} updates/s beside it\n` +
      readsTable([run], run),
  );
  checkAnswers([run]);
  return run;
}

async function measure(hermes: TestHermes, settings: Settings): Promise<BenchResult> {
  const kafka = openKafka({ brokers: hermes.url('KAFKA_BROKERS').split(','), clientId: 'bench-profiles' });
  const redis = openRedis(hermes.url('REDIS_URL'), { connectionName: 'bench' });
  const admin = await kafka.admin();
  try {
    const store = new BenchService(hermes, 'profile-store', redis, admin);
    for (const service of ['sql-executor', 'rule-engine', 'alerting']) await store.suspend(service);
    console.error('making the project and its features');
    const key = await makeBenchProject(hermes, kafka);
    for (const service of ['ingest', 'console']) await store.suspend(service);
    const loaded = await loadHistory(store, key, settings);
    const plan = { key, settings, bareBytes: loaded.answerBytes };
    const single = settings.phases.has('reads') ? await readsInRuns(store, plan, 1) : undefined;
    if (settings.phases.has('batches')) await readsInRuns(store, plan, BATCH);
    if (settings.phases.has('backlog')) await readsBesideBacklog(store, plan);
    return {
      bench: 'profiles',
      updatesPerCpuS: Math.round(loaded.updatesPerCpuS),
      readP99Ms: round2(single?.p99Ms ?? Number.NaN),
      bareGetP99Ms: round2(single?.bareP99Ms ?? Number.NaN),
      bytesPerProfile: Math.round(loaded.bytesPerProfile),
    };
  } finally {
    redis.disconnect();
    await kafka.close();
  }
}

/** Live features: what counting costs, what reads take beside it, and what a profile weighs. */
export const profiles: Bench = {
  about:
    'updates per CPU-second, reads beside updates and beside a backlog; --subjects 100000 --events-per-profile 50 --seconds 30 --runs 3 --phase load,reads,batches,backlog',
  async run(args) {
    const settings = readSettings(args);
    return onOwnHermes((hermes) => measure(hermes, settings));
  },
};
