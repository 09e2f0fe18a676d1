import { parseArgs } from 'node:util';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openRedis } from '@hermes/connectors/redis/client';
import { Decision } from '@hermes/contracts/decision';
import { decisionsTopic } from '@hermes/contracts/topics';
import type { ConsoleClient } from '@hermes/stack/api/console-client';
import type { TestHermes } from '@hermes/stack/testing/hermes';
import { textTable } from '../../scenario/text-table.ts';
import type { Bench, BenchResult } from '../bench.ts';
import { onOwnHermes } from '../own-hermes.ts';
import { BenchChild } from '../child.ts';
import { medianBy, percentile } from '../percentile.ts';
import { ensureBenchProject, publishBenchFeatures } from '../service/bench-project.ts';
import { BenchService, cpuSince, until, untilApplied } from '../service/bench-service.ts';
import { type Deal, PROJECT, recordOf, subjectOf } from '../service/deals.ts';
import { bucketOf, figureIn } from '../service/exposition.ts';
import { residentBytesOf } from '../service/process-cpu.ts';
import type { Produced, ProducerSetting } from '../service/producer.ts';
import type { ClockResult, ClockSetting } from './decision-clock.ts';
import { LIVE_FEATURES, liveRules, PROBE_FOLLOWERS } from './live-rules.ts';

const PRODUCER = new URL('../service/producer.ts', import.meta.url);
const CLOCK = new URL('./decision-clock.ts', import.meta.url);
const RULES = 200;
const WITH_WINDOWS = 50;

interface Settings {
  readonly keys: number;
  /** Beyond the first of each key. */
  readonly events: number;
  readonly perSecond: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
  readonly runs: number;
  readonly seed: number;
}

/** @throws Error with a sentence for what is no option, or no number */
function readSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      keys: { type: 'string', default: '1000000' },
      events: { type: 'string', default: '500000' },
      rate: { type: 'string', default: '1000' },
      'warm-up': { type: 'string', default: '10' },
      seconds: { type: 'string', default: '30' },
      runs: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
    },
  });
  const number = (name: keyof typeof values, least: number): number => {
    const value = Number(values[name]);
    if (Number.isFinite(value) && value >= least) return value;
    throw new Error(`--${name} is a number from ${String(least)}.`);
  };
  return {
    keys: number('keys', 100),
    events: number('events', 1_000),
    perSecond: number('rate', 1),
    warmUpMs: number('warm-up', 0) * 1_000,
    measuredMs: number('seconds', 1) * 1_000,
    runs: number('runs', 1),
    seed: number('seed', 0),
  };
}

async function publishRules(client: ConsoleClient, seed: number): Promise<void> {
  const drafts = liveRules(RULES, WITH_WINDOWS, seed);
  for (const [id, draft] of Object.entries(drafts))
    await client.service('rule-engine', 'PUT', `projects/${PROJECT}/rules/${id}`, draft);
  for (const id of Object.keys(drafts))
    await until(120_000, `rule ${id} is not in force`, async () => {
      const answer = await client.service('rule-engine', 'GET', `projects/${PROJECT}/rules/${id}/features`);
      return ((await answer.json()) as { readonly inForce: boolean }).inForce;
    });
}

interface CaughtUp {
  readonly eventsPerCpuS: number;
  /** Of Valkey, at its end. */
  readonly memoryBytes: number;
  readonly row: readonly (string | number)[];
}

/** Lets the service catch up to so many applied events, and measures that; what Valkey spends on writing its file anew meanwhile is part of it. */
async function measureCatchUp(service: BenchService, what: string, wanted: number): Promise<CaughtUp> {
  const [beganAt, began, before] = [performance.now(), await service.applied(), service.cpu()];
  const pid = service.pid(service.name);
  await untilApplied(service, wanted, pid);
  const seconds = (performance.now() - beganAt) / 1_000;
  const [quick, memoryBytes] = [cpuSince(before, service.cpu()), await service.usedMemory()];
  await service.untilRewritten();
  const { endedChildrenS } = cpuSince(before, service.cpu()).valkey;
  const events = wanted - began;
  if (events <= 0) throw new Error('The events were applied before they could be measured: give more --events.');
  const [engineS, valkeyS] = [quick.service.ownS, quick.valkey.ownS + endedChildrenS];
  const microseconds = (cpuS: number): number => Math.round((cpuS / events) * 1e7) / 10;
  return {
    eventsPerCpuS: events / (engineS + valkeyS),
    memoryBytes,
    row: [
      what,
      events,
      Math.round(events / seconds),
      microseconds(engineS),
      microseconds(valkeyS),
      microseconds(quick.kafka.ownS),
      Math.round(events / (engineS + valkeyS)),
      Math.round(residentBytesOf(pid) / 1e6),
    ],
  };
}

/** A fast answer that is wrong is worth nothing: asks a rule how many events of some subjects it has counted. */
async function checkCounts(kafka: KafkaDriver, counts: Produced['counts']): Promise<void> {
  const seen = new Map<string, unknown>();
  const follower = await kafka.follow({
    topic: decisionsTopic(PROJECT),
    from: 'latest',
    onRecord: ({ value }) => {
      const decision = Decision.parse(JSON.parse(value?.toString() ?? 'null'));
      if (decision.ruleId === 'probe') seen.set(decision.subject, decision.features?.['deals']?.value);
    },
  });
  await follower.caughtUp;
  const producer = await kafka.producer();
  const now = Date.now();
  const probe = (subject: string): Deal => ({
    id: `probe-${subject}`,
    subject,
    timeMs: now,
    receivedAtMs: now,
    value: JSON.stringify({
      specversion: '1.0',
      id: `probe-${subject}`,
      source: 'bench',
      type: 'bench.deal',
      subject,
      time: new Date(now).toISOString(),
      project: PROJECT,
      receivedat: new Date(now).toISOString(),
      data: { followers: PROBE_FOLLOWERS },
    }),
  });
  await producer.send(Object.keys(counts).map((subject) => recordOf(probe(subject), now)));
  await producer.close();
  await until(30_000, 'the probes are not decided', async () => seen.size === Object.keys(counts).length);
  await follower.close();
  for (const [subject, count] of Object.entries(counts))
    if (seen.get(subject) !== count + 1)
      throw new Error(`${subject} has ${String(count + 1)} deals, and its rule saw ${String(seen.get(subject))}.`);
}

interface LatencyRun extends ClockResult {
  readonly p99Ms: number;
  readonly committedP99Ms: number;
  readonly eventsPerS: number;
  readonly cores: string;
}

/** Events at a steady rate, and what a reader of the decisions sees of them. */
async function measureLatency(service: BenchService, settings: Settings, run: number): Promise<LatencyRun> {
  const brokers = service.hermes.url('KAFKA_BROKERS');
  const clock = new BenchChild<ClockResult>(
    CLOCK,
    { brokers, warmUpMs: settings.warmUpMs } satisfies ClockSetting,
    'all-first',
  );
  const producer = new BenchChild<Produced>(PRODUCER, {
    brokers,
    subjects: settings.keys,
    seed: settings.seed + 10 + run,
    idPrefix: `live-${String(run)}`,
    what: { kind: 'live', perSecond: settings.perSecond },
  } satisfies ProducerSetting);
  await clock.reached('measuring');
  const [beganMs, applied, cpu, metrics] = [
    performance.now(),
    await service.applied(),
    service.cpu(),
    await service.metrics(),
  ];
  await new Promise((resolve) => setTimeout(resolve, settings.measuredMs));
  const seconds = (performance.now() - beganMs) / 1_000;
  const [eventsPerS, used] = [((await service.applied()) - applied) / seconds, cpuSince(cpu, service.cpu())];
  clock.stop();
  const result = await clock.result;
  producer.stop();
  await producer.result;
  const share = (cpuS: number): string => String(Math.round((100 * cpuS) / seconds));
  return {
    ...result,
    p99Ms: percentile(result.latencyMs, 99),
    committedP99Ms: bucketOf(await service.metrics(), 'hermes_hop_latency_ms', 0.99, {
      labels: { hop: 'decided' },
      since: metrics,
    }),
    eventsPerS,
    cores: [used.service, used.valkey, used.kafka].map(({ ownS }) => share(ownS)).join(' '),
  };
}

async function measure(hermes: TestHermes, settings: Settings): Promise<BenchResult> {
  const kafka = openKafka({ brokers: hermes.url('KAFKA_BROKERS').split(','), clientId: 'bench-rules-live' });
  const redis = openRedis(hermes.url('REDIS_URL'), { connectionName: 'bench' });
  const admin = await kafka.admin();
  try {
    const service = new BenchService(hermes, 'rule-engine', redis, admin);
    for (const other of ['sql-executor', 'alerting']) await service.suspend(other);
    console.error('making the project, its features and its rules');
    const client = await ensureBenchProject(hermes, kafka);
    await publishBenchFeatures(client, LIVE_FEATURES);
    await publishRules(client, settings.seed);
    for (const other of ['ingest', 'console', 'profile-store', 'rule-engine']) await service.suspend(other);
    const { keys, events, seed } = settings;
    const total = keys + events;
    console.error(`writing ${String(total)} events`);
    const { counts, bytesPerEvent } = await new BenchChild<Produced>(PRODUCER, {
      brokers: hermes.url('KAFKA_BROKERS'),
      subjects: keys,
      seed,
      idPrefix: 'past',
      what: { kind: 'past', total, endMs: Date.now(), counted: [0, 9, 99, keys - 1].map(subjectOf) },
    } satisfies ProducerSetting).result;
    console.error('rule-engine catches up');
    const memoryBefore = await service.usedMemory();
    const appliedBefore = await service.applied();
    service.resume('rule-engine');
    await until(90_000, 'no event was applied', async () => (await service.applied()) > appliedBefore);
    const first = await measureCatchUp(service, 'the first event of each key', appliedBefore + keys);
    const bytesPerKey = (first.memoryBytes - memoryBefore) / keys;
    const more = await measureCatchUp(service, 'further events, some keys often', appliedBefore + total);
    await service.untilReady();
    const metrics = await service.metrics();
    await checkCounts(kafka, counts);
    console.log(
      `\nCatching up: ${String(RULES)} rules, ${String(WITH_WINDOWS)} of them with one of 12 windows, ${String(keys)} keys, ${String(Math.round(bytesPerEvent))} bytes an event; ` +
        `${String(figureIn(metrics, 'hermes_rules_decisions_total') || 0)} decisions\n` +
        textTable(
          [
            '',
            'events',
            'events/s',
            'us engine',
            'us Valkey',
            'us Kafka (not counted)',
            'per CPU-second',
            'MB resident',
          ],
          [first.row, more.row],
        ),
    );
    const runs: LatencyRun[] = [];
    for (let run = 1; run <= settings.runs; run++) {
      console.error(`latency: run ${String(run)} of ${String(settings.runs)}`);
      runs.push(await measureLatency(service, settings, run));
    }
    const median = medianBy(runs, ({ p99Ms }) => p99Ms);
    console.log(
      `\nFrom an event's receipt to its decision in a reader's hands at ${String(settings.perSecond)} events/s, ms\n` +
        textTable(
          ['run', 'decisions', 'p50', 'p99', 'max', 'committed p99 <=', 'events/s', 'CPU % engine valkey kafka'],
          runs.map((run, i) => [
            `${String(i + 1)}${run === median && runs.length > 1 ? ' (median)' : ''}`,
            run.latencyMs.length,
            percentile(run.latencyMs, 50),
            run.p99Ms,
            percentile(run.latencyMs, 100),
            run.committedP99Ms,
            Math.round(run.eventsPerS),
            run.cores,
          ]),
        ),
    );
    return {
      bench: 'rules-live',
      eventsPerCpuS: Math.round(more.eventsPerCpuS),
      firstEventsPerCpuS: Math.round(first.eventsPerCpuS),
      bytesPerKey: Math.round(bytesPerKey),
      p99Ms: Math.round(median.p99Ms * 10) / 10,
    };
  } finally {
    redis.disconnect();
    await kafka.close();
  }
}

/** Rules on live events, with the windows that they ask for. */
export const rulesLive: Bench = {
  about:
    'rules with windows, Kafka to state to decisions: events per CPU-second, bytes per key, latency; --keys 1000000 --events 500000 --rate 1000 --seconds 30 --runs 3',
  async run(args) {
    const settings = readSettings(args);
    return onOwnHermes((hermes) => measure(hermes, settings));
  },
};
