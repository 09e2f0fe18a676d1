import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { type RunningFlink, startFlink } from '@hermes/stack/flink/cluster';
import { startPart } from '@hermes/stack/parts/instance';
import { nexmarkTables } from '@hermes/stream-sql/planner/testing/nexmark';
import { planScript } from '@hermes/stream-sql/planner/plan-script';
import type { StreamPlan } from '@hermes/stream-sql/planner/plan';
import type { Field } from '@hermes/stream-sql/values/data-type';
import { textTable } from '../../scenario/text-table.ts';
import type { Bench, BenchResult } from '../bench.ts';
import { medianBy } from '../percentile.ts';
import type { TimedResult } from '@hermes/stream-sql/testing/timed-run';
import { EmbeddedSide } from './embedded-side.ts';
import { type FlinkResult, timedFlinkRun, verifyingFlinkRun } from './flink-side.ts';
import { loadTopic } from './load-topic.ts';
import { NEXMARK_QUERIES, type NexmarkQuery } from './nexmark-queries.ts';

const MEMORY_MB = 6_144;
const TOPIC = 'nexmark.events';
const PROJECT = 'nexmark';

interface Setting {
  readonly events: number;
  readonly runs: number;
  readonly seed: number;
  readonly perSecond: number;
  readonly checkpointMs: number;
  readonly queries: readonly NexmarkQuery[];
  readonly flink: boolean;
  readonly profile: string | undefined;
}

/** @throws Error with a sentence for what is no number or no query */
function readSetting(args: readonly string[]): Setting {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '3000000' },
      runs: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      'per-second': { type: 'string', default: '10000' },
      'checkpoint-ms': { type: 'string', default: '10000' },
      queries: { type: 'string', default: NEXMARK_QUERIES.map(({ name }) => name).join(',') },
      'without-flink': { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  const number = (name: 'events' | 'runs' | 'seed' | 'per-second' | 'checkpoint-ms', least: number): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= least) return value;
    throw new Error(`--${name} is a whole number from ${String(least)}.`);
  };
  return {
    events: number('events', 1_000),
    runs: number('runs', 1),
    seed: number('seed', 0),
    perSecond: number('per-second', 1),
    checkpointMs: number('checkpoint-ms', 100),
    queries: values.queries.split(',').map((name) => {
      const query = NEXMARK_QUERIES.find((known) => known.name === name);
      if (query === undefined)
        throw new Error(`--queries: there is ${NEXMARK_QUERIES.map((known) => known.name).join(', ')}; not ${name}.`);
      return query;
    }),
    flink: !values['without-flink'],
    profile: values.profile,
  };
}

/** The plan of a query, and the columns of its sink. */
function planOf(query: NexmarkQuery): { readonly plan: StreamPlan; readonly fields: readonly Field[] } {
  const options = {
    connector: 'kafka',
    topic: TOPIC,
    'scan.startup.mode': 'earliest-offset',
    'scan.bounded.mode': 'latest-offset',
    format: 'json',
  };
  const text = `${nexmarkTables(options)} ${query.before}
    CREATE TABLE sink_of_query (${query.sink}) WITH ('connector' = 'print'); INSERT INTO sink_of_query ${query.select};`;
  const planned = planScript(text, { project: PROJECT });
  if (planned.kind === 'refused') throw new Error(`${query.name}: ${JSON.stringify(planned.problems[0])}`);
  const sink = planned.plan?.nodes.find((node) => node.kind === 'sink');
  if (planned.plan === null || sink?.kind !== 'sink') throw new Error(`${query.name} has no plan`);
  return { plan: planned.plan, fields: sink.table?.columns ?? sink.columns };
}

interface Measured {
  readonly query: string;
  readonly ours: TimedResult;
  readonly flink: FlinkResult | undefined;
  /** Flink's processor time over ours, the median of the pairs of runs. */
  readonly ratio: number;
  /** undefined: not compared. */
  readonly agrees: boolean | undefined;
}

/** The embedded engine and a real Flink on the same topic, with the same answers. */
export const nexmark: Bench = {
  about:
    'Nexmark from one Kafka topic beside a real Flink: processor time; --events 3000000 --runs 5 --queries q0,q1 --checkpoint-ms 10000 --without-flink --profile FOLDER',
  async run(args): Promise<BenchResult> {
    const setting = readSetting(args);
    const folder = mkdtempSync(join(tmpdir(), 'nexmark-'));
    const kafkaPart = await startPart('kafka', { dataDir: join(folder, 'kafka') });
    let flink: RunningFlink | undefined;
    try {
      const kafka = openKafka({ brokers: [kafkaPart.url], clientId: 'nexmark-load' });
      await loadTopic(kafka, TOPIC, setting, (loaded) => console.log(`${loaded.toLocaleString('en')} events loaded`));
      await kafka.close();
      if (setting.flink)
        flink = await startFlink({ dataDir: join(folder, 'flink'), taskManager: { memoryMb: MEMORY_MB, slots: 1 } });
      const measured: Measured[] = [];
      for (const query of setting.queries) {
        const one = await measure(query, setting, kafkaPart.url, flink);
        measured.push(one);
        console.log(line(one, setting.events));
      }
      print(measured, setting.events);
      return resultOf(measured);
    } finally {
      await flink?.stop();
      await kafkaPart.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function measure(
  query: NexmarkQuery,
  setting: Setting,
  brokers: string,
  flink: RunningFlink | undefined,
): Promise<Measured> {
  const { plan, fields } = planOf(query);
  const side = new EmbeddedSide(MEMORY_MB, setting.profile);
  const order = {
    plan,
    brokers: [brokers],
    checkpointIntervalMs: setting.checkpointMs,
  };
  try {
    const theirs = flink && { flink, topic: TOPIC, brokers, checkpointMs: setting.checkpointMs };
    const expected = theirs && query.timing === undefined ? await verifyingFlinkRun(theirs, query, fields) : undefined;
    const warm = await side.run(order);
    if (theirs !== undefined) await timedFlinkRun(theirs, query);
    const pairs: { readonly ours: TimedResult; readonly flink: FlinkResult | undefined }[] = [];
    for (let run = 0; run < setting.runs; run++) {
      const ours = await side.run(order);
      if (query.timing === undefined && ours.checksum !== warm.checksum)
        throw new Error(`${query.name} has another answer in each run`);
      pairs.push({ ours, flink: theirs && (await timedFlinkRun(theirs, query)) });
    }
    const ratioOf = (pair: (typeof pairs)[number]): number =>
      pair.flink === undefined ? 0 : pair.flink.cpuMs / pair.ours.cpuMs;
    return {
      query: query.name,
      ours: medianBy(
        pairs.map((pair) => pair.ours),
        ({ cpuMs }) => cpuMs,
      ),
      flink:
        flink &&
        medianBy(
          pairs.flatMap((pair) => pair.flink ?? []),
          ({ cpuMs }) => cpuMs,
        ),
      ratio: ratioOf(medianBy(pairs, ratioOf)),
      agrees: expected === undefined ? undefined : expected === warm.checksum,
    };
  } finally {
    await side.close();
  }
}

const micros = (cpuMs: number, events: number): string => ((cpuMs * 1_000) / events).toFixed(2);

const line = ({ query, ours, flink, ratio, agrees }: Measured, events: number): string =>
  `${query}: ${micros(ours.cpuMs, events)} us an event${flink === undefined ? '' : `, Flink ${micros(flink.cpuMs, events)}, ratio ${ratio.toFixed(2)}`}${agrees === false ? ' -- OTHER ANSWER THAN FLINK' : ''}`;

function print(measured: readonly Measured[], events: number): void {
  console.log(
    `\n${events.toLocaleString('en')} events; microseconds of processor time an event, medians\n` +
      textTable(
        ['query', 'Hermes', 'Flink', 'ratio', 'wall s', 'Flink', 'MB', 'Flink', 'rows out', 'same answer'],
        measured.map(({ query, ours, flink, ratio, agrees }) => [
          query,
          micros(ours.cpuMs, events),
          flink === undefined ? '' : micros(flink.cpuMs, events),
          ratio.toFixed(2),
          (ours.wallMs / 1_000).toFixed(1),
          flink === undefined ? '' : (flink.wallMs / 1_000).toFixed(1),
          ours.rssMb,
          flink?.rssMb ?? '',
          ours.rowsOut,
          agrees === undefined ? '' : agrees ? 'yes' : 'NO',
        ]),
      ),
  );
}

function resultOf(measured: readonly Measured[]): BenchResult {
  const ratios = measured.map(({ ratio }) => ratio);
  return {
    bench: 'nexmark',
    medianRatio: Number(medianBy(ratios, (ratio) => ratio).toFixed(2)),
    minRatio: Number(Math.min(...ratios).toFixed(2)),
    queries: measured.length,
    otherAnswers: measured
      .filter(({ agrees }) => agrees === false)
      .map(({ query }) => query)
      .join(' '),
  };
}
