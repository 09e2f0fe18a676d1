import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { KafkaAdmin } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { type RunningFlink, startFlink } from '@hermes/stack/flink/cluster';
import { startPart } from '@hermes/stack/parts/instance';
import { textTable } from '../../scenario/text-table.ts';
import type { Bench, BenchResult } from '../bench.ts';
import { BenchChild } from '../child.ts';
import { medianBy, percentile, round1 } from '../percentile.ts';
import { cpuBetween, cpuOf, residentBytesOf } from '../service/process-cpu.ts';
import type { WriterSetting } from './click-writer.ts';
import { embeddedJob, flinkJob, PROJECT, relayJob, type RunningJob, type Ways } from './jobs.ts';
import type { ClockResult, ClockSetting } from './row-clock.ts';

const WRITER = new URL('./click-writer.ts', import.meta.url);
const CLOCK = new URL('./row-clock.ts', import.meta.url);
const FLINK_MEMORY_MB = 2_048;
const FIRST_SECONDS = 10;
/** Beyond the records' own time. */
const SLACK_MS = 60_000;

interface Setting {
  readonly perSecond: number;
  readonly keys: number;
  readonly partitions: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly runs: number;
  readonly seed: number;
  readonly flink: boolean;
  /** Names of modes; all without. */
  readonly only: readonly string[];
}

/** @throws Error with a sentence for what is no option, or no number */
function readSetting(args: readonly string[]): Setting {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rate: { type: 'string', default: '1000' },
      keys: { type: 'string', default: '10000' },
      partitions: { type: 'string', default: '4' },
      seconds: { type: 'string', default: '20' },
      'warm-up': { type: 'string', default: '15' },
      runs: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      'without-flink': { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
    },
  });
  const number = (name: Exclude<keyof typeof values, 'without-flink' | 'only'>, least: number): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= least) return value;
    throw new Error(`--${name} is a whole number from ${String(least)}.`);
  };
  return {
    perSecond: number('rate', 1),
    keys: number('keys', 1),
    partitions: number('partitions', 1),
    seconds: number('seconds', 1),
    warmUp: number('warm-up', 0),
    runs: number('runs', 1),
    seed: number('seed', 0),
    flink: !values['without-flink'],
    only: values.only === '' ? [] : values.only.split(','),
  };
}

interface Mode {
  readonly name: string;
  readonly about: string;
  readonly isCopy?: boolean;
  start(ways: Ways): Promise<RunningJob>;
}

const OURS: readonly Mode[] = [
  { name: 'relay', about: 'no job: records copied as they come', isCopy: true, start: relayJob },
  {
    name: 'at-least-once',
    about: 'Hermes, at-least-once, checkpoints each 1 s',
    start: (ways) => embeddedJob(ways, 'at-least-once', 1_000),
  },
  {
    name: 'at-least-once-100',
    about: 'Hermes, at-least-once, each 100 ms',
    start: (ways) => embeddedJob(ways, 'at-least-once', 100),
  },
  {
    name: 'exactly-once-100',
    about: 'Hermes, exactly-once, each 100 ms',
    start: (ways) => embeddedJob(ways, 'exactly-once', 100),
  },
  {
    name: 'exactly-once',
    about: 'Hermes, exactly-once, each 1 s',
    start: (ways) => embeddedJob(ways, 'exactly-once', 1_000),
  },
];

const EACH_SECOND = { 'execution.checkpointing.interval': '1 s' };
const AT_LEAST_ONCE = { ...EACH_SECOND, 'execution.checkpointing.mode': 'AT_LEAST_ONCE' };

/** Flink's, by its own settings. Its buffers wait for 100 ms by default; recipes of low latency give 5 ms, and 0 sends each row alone. */
const flinkModes = (flink: RunningFlink): readonly Mode[] => [
  {
    name: 'flink-at-least-once',
    about: 'Flink, at-least-once, its defaults',
    start: (ways) => flinkJob(ways, flink, 'at-least-once', AT_LEAST_ONCE),
  },
  {
    name: 'flink-at-least-once-5ms',
    about: 'Flink, at-least-once, buffers of 5 ms',
    start: (ways) =>
      flinkJob(ways, flink, 'at-least-once', { ...AT_LEAST_ONCE, 'execution.buffer-timeout.interval': '5 ms' }),
  },
  {
    name: 'flink-at-least-once-0ms',
    about: 'Flink, at-least-once, no buffers',
    start: (ways) =>
      flinkJob(ways, flink, 'at-least-once', { ...AT_LEAST_ONCE, 'execution.buffer-timeout.interval': '0 ms' }),
  },
  {
    name: 'flink-exactly-once-100',
    about: 'Flink, exactly-once, each 100 ms, buffers of 5 ms',
    start: (ways) =>
      flinkJob(ways, flink, 'exactly-once', {
        'execution.checkpointing.interval': '100 ms',
        'execution.buffer-timeout.interval': '5 ms',
      }),
  },
  {
    name: 'flink-exactly-once',
    about: 'Flink, exactly-once, each 1 s',
    start: (ways) => flinkJob(ways, flink, 'exactly-once', EACH_SECOND),
  },
];

interface Measured extends ClockResult {
  readonly p99Ms: number;
  readonly cpuPercent: number;
  readonly kafkaPercent: number;
  readonly rssMb: number;
}

async function measure(mode: Mode, ways: Ways, setting: Setting, kafkaPid: number): Promise<Measured> {
  const { perSecond, keys, seed } = setting;
  const records = perSecond * (setting.warmUp + setting.seconds);
  const warmUp = perSecond * setting.warmUp;
  const { brokers, input, output } = ways;
  const job = await mode.start(ways);
  const clock = new BenchChild<ClockResult>(
    CLOCK,
    {
      brokers,
      input,
      output,
      records,
      warmUp,
      withinMs: (records / perSecond) * 1_000 + SLACK_MS,
      isCopy: mode.isCopy === true,
    } satisfies ClockSetting,
    'all-first',
  );
  try {
    await clock.reached('reading');
    const writer = new BenchChild<null>(
      WRITER,
      { brokers, topic: input, perSecond, keys, seed, records, warmUp } satisfies WriterSetting,
      'all-first',
    );
    await writer.reached('warm');
    const [beganMs, cpu, kafka] = [performance.now(), cpuOf(job.pid), cpuOf(kafkaPid)];
    await writer.result;
    const seconds = (performance.now() - beganMs) / 1_000;
    const percent = (pid: number, from: typeof cpu): number =>
      Math.round((100 * cpuBetween(from, cpuOf(pid)).ownS) / seconds);
    const used = {
      cpuPercent: percent(job.pid, cpu),
      kafkaPercent: percent(kafkaPid, kafka),
      rssMb: Math.round(residentBytesOf(job.pid) / 1_048_576),
    };
    const result = await clock.result;
    return { ...result, ...used, p99Ms: percentile(result.latencyMs, 99) };
  } finally {
    await job.stop();
  }
}

async function inFreshTopics<T>(
  admin: KafkaAdmin,
  brokers: string,
  partitions: number,
  work: (ways: Ways) => Promise<T>,
): Promise<T> {
  const id = Date.now();
  const [input, output] = [`${PROJECT}.clicks-${String(id)}`, `${PROJECT}.sums-${String(id)}`];
  const spec = { partitions, cleanupPolicy: 'delete', retentionMs: -1, retentionBytes: -1 } as const;
  await admin.ensureTopics([input, output].map((name) => ({ ...spec, name })));
  try {
    return await work({ brokers, input, output });
  } finally {
    await admin.deleteTopics([input, output]);
  }
}

const HEADINGS = [
  '',
  'p50',
  'p95',
  'p99',
  'max',
  'p99 of the runs',
  'inside p50',
  'inside p99',
  'echo p50',
  'echo p99',
  'CPU %',
  'Kafka %',
  'MB',
];

function row({ about }: Mode, runs: readonly Measured[]): readonly (string | number)[] {
  const median = medianBy(runs, ({ p99Ms }) => p99Ms);
  const at = (values: readonly number[], percent: number): string => percentile(values, percent).toFixed(1);
  return [
    about,
    ...[50, 95, 99, 100].map((percent) => at(median.latencyMs, percent)),
    runs.map(({ p99Ms }) => p99Ms.toFixed(1)).join(' '),
    at(median.insideMs, 50),
    at(median.insideMs, 99),
    at(median.echoMs, 50),
    at(median.echoMs, 99),
    median.cpuPercent,
    median.kafkaPercent,
    median.rssMb,
  ];
}

/** How long a row is in a keyed job from Kafka to Kafka, in both modes of delivery. */
export const delivery: Bench = {
  about:
    'Kafka to keyed SQL job to Kafka, at-least-once and exactly-once, beside a real Flink: latency; --rate 1000 --keys 10000 --partitions 4 --seconds 20 --warm-up 15 --runs 3 --without-flink --only at-least-once,exactly-once',
  async run(args): Promise<BenchResult> {
    const setting = readSetting(args);
    const folder = mkdtempSync(join(tmpdir(), 'delivery-'));
    const part = await startPart('kafka', { dataDir: join(folder, 'kafka') });
    const kafka = openKafka({ brokers: [part.url], clientId: 'bench-delivery' });
    let flink: RunningFlink | undefined;
    try {
      if (setting.flink)
        flink = await startFlink({
          dataDir: join(folder, 'flink'),
          taskManager: { memoryMb: FLINK_MEMORY_MB, slots: 1 },
        });
      const modes = [...OURS, ...(flink === undefined ? [] : flinkModes(flink))].filter(
        ({ name }) => setting.only.length === 0 || setting.only.includes(name),
      );
      const admin = await kafka.admin();
      // Kafka's code is compiled as it runs: what comes first is slower than all that follows.
      await inFreshTopics(admin, part.url, setting.partitions, (ways) =>
        measure(OURS[0]!, ways, { ...setting, seconds: FIRST_SECONDS }, part.pid()),
      );
      const measured = new Map<Mode, Measured[]>(modes.map((mode) => [mode, []]));
      for (let run = 1; run <= setting.runs; run++) {
        for (const [mode, runs] of measured) {
          const one = await inFreshTopics(admin, part.url, setting.partitions, (ways) =>
            measure(mode, ways, setting, part.pid()),
          );
          runs.push(one);
          console.error(`run ${String(run)}: ${mode.about}: p99 ${one.p99Ms.toFixed(1)} ms`);
        }
      }
      console.log(
        `\nFrom a record's instant to its row in a reader's hands at ${String(setting.perSecond)} records/s, ${String(setting.keys)} keys; ms, the run with the median p99 of ${String(setting.runs)}; ` +
          `inside: from the record to its row, both as this reader sees them; echo: the records themselves, one way\n${textTable(
            HEADINGS,
            [...measured].map(([mode, runs]) => row(mode, runs)),
          )}`,
      );
      return resultOf(measured);
    } finally {
      await kafka.close();
      await flink?.stop();
      await part.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** `at-least-once-100` becomes `atLeastOnce100`. */
const camel = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

function resultOf(measured: ReadonlyMap<Mode, readonly Measured[]>): BenchResult {
  const figures: Record<string, number> = {};
  for (const [{ name }, runs] of measured) {
    const median = medianBy(runs, ({ p99Ms }) => p99Ms);
    figures[`${camel(name)}P50Ms`] = round1(percentile(median.latencyMs, 50));
    figures[`${camel(name)}P99Ms`] = round1(median.p99Ms);
    figures[`${camel(name)}InsideP99Ms`] = round1(percentile(median.insideMs, 99));
  }
  return { bench: 'delivery', ...figures };
}
