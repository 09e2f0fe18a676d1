import { parseArgs } from 'node:util';
import type { TestHermes } from '@hermes/stack/testing/hermes';
import { makeFreshProject } from '../../scenario/fresh-project.ts';
import { textTable } from '../../scenario/text-table.ts';
import { WebhookReceiver } from '../../scenario/webhook-receiver.ts';
import type { Bench, BenchResult } from '../bench.ts';
import { onOwnHermes } from '../own-hermes.ts';
import { medianBy, percentile, round1 } from '../percentile.ts';
import { HOPS, hopsOf } from './hops.ts';
import { type OpenLoopResult, openLoop } from './open-loop.ts';

const PROJECT = 'bench-e2e';
const TYPE = 'bench.reading';
/** One event in ten is above the rule's limit. */
const HIT_EVERY = 10;

const EVENT_TYPE = {
  title: { en: 'Reading', zh: '读数' },
  description: { en: 'A reading of the bench.', zh: '基准测试的读数。' },
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['value'],
    properties: {
      value: { type: 'number', 'x-title': { en: 'Value', zh: '数值' }, examples: [1] },
      note: { type: 'string', 'x-title': { en: 'Note', zh: '备注' }, examples: ['quiet'] },
    },
  },
  example: { value: 1, note: 'quiet' },
};

const RULE = {
  name: 'A high reading',
  eventTypes: [TYPE],
  conditions: { all: [{ fact: 'event' as const, path: '$.data.value', operator: 'greaterThan' as const, value: 100 }] },
  event: { type: 'high-reading' },
  severity: 'warning' as const,
  tests: [{ name: 'a high one', event: { data: { value: 101 } }, fires: true }],
};

interface Settings {
  readonly perSecond: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
  readonly runs: number;
}

interface Run {
  readonly expected: number;
  readonly totalsMs: readonly number[];
  /** Per hop, of every alert. */
  readonly hopsMs: readonly (readonly number[])[];
  readonly sender: OpenLoopResult;
}

/** How long after the last request a webhook may still come before it counts as missing. */
const LINGER_MS = 10_000;

async function oneRun(
  hermes: TestHermes,
  writeKey: string,
  arrivals: Arrivals,
  run: number,
  settings: Settings,
): Promise<Run> {
  const starts = new Map<string, number>();
  const subjectOf = (i: number): string => `sensor:${String(run)}-${String(i)}`;
  const firstMeasured = Math.floor((settings.warmUpMs * settings.perSecond) / 1000);
  const sender = await openLoop({
    url: hermes.url('INGEST_URL'),
    writeKey,
    perSecond: settings.perSecond,
    durationMs: settings.warmUpMs + settings.measuredMs,
    event: (i) => ({
      specversion: '1.0',
      id: `${String(run)}-${String(i)}`,
      source: 'bench',
      type: TYPE,
      subject: subjectOf(i),
      data: { value: i % HIT_EVERY === 0 ? 1_000 : 1, note: 'the quick brown fox jumps over the lazy dog' },
    }),
    onStart: (i, atMs) => {
      if (i >= firstMeasured && i % HIT_EVERY === 0) starts.set(subjectOf(i), atMs);
    },
  });
  const endMs = Date.now() + LINGER_MS;
  const missing = (): number => [...starts.keys()].filter((subject) => !arrivals.has(subject)).length;
  while (missing() > 0 && Date.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 50));
  const hops = [...starts].flatMap(([subject, startedMs]) => {
    const arrival = arrivals.get(subject);
    return arrival === undefined ? [] : [hopsOf(startedMs, arrival.body, arrival.atMs)];
  });
  return {
    expected: starts.size,
    totalsMs: hops.map((hop) => hop.reduce((sum, ms) => sum + ms, 0)),
    hopsMs: HOPS.map((_, column) => hops.map((hop) => hop[column] ?? Number.NaN)),
    sender,
  };
}

type Arrivals = Map<string, Parameters<Parameters<typeof WebhookReceiver.open>[0]>[0]>;

function report(runs: readonly Run[], median: Run): void {
  const row = (run: Run, at: number): (string | number)[] => [
    `${String(at + 1)}${run === median ? ' (median)' : ''}`,
    run.sender.sent,
    [...run.sender.refused.values()].reduce((a, b) => a + b, 0),
    run.totalsMs.length,
    run.expected - run.totalsMs.length,
    round1(percentile(run.totalsMs, 50)),
    round1(percentile(run.totalsMs, 99)),
    round1(percentile(run.totalsMs, 100)),
    round1(percentile(run.sender.answerMs, 99)),
    round1(percentile(run.sender.latenessMs, 99)),
  ];
  const headings = [
    'run',
    'requests',
    'refused',
    'webhooks',
    'missing',
    'p50 ms',
    'p99 ms',
    'max ms',
    'HTTP answer p99',
    'sender late p99',
  ];
  console.log(textTable(headings, runs.map(row)));
  const meanMs = mean(median.totalsMs);
  const hopRows = HOPS.map(([hop, what], at) => {
    const values = median.hopsMs[at] ?? [];
    return [
      hop,
      what,
      round1(percentile(values, 50)),
      round1(percentile(values, 99)),
      `${(100 * (mean(values) / meanMs)).toFixed(0)} %`,
    ];
  });
  console.log(
    `\nThe median run, hop by hop (right to 1 ms; the share is of the mean):\n${textTable(['hop', 'what', 'p50 ms', 'p99 ms', 'share'], hopRows)}\n`,
  );
  for (const run of runs)
    for (const [reason, times] of run.sender.refused) console.log(`refused ${String(times)} times: ${reason}`);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

async function measure(hermes: TestHermes, settings: Settings): Promise<BenchResult> {
  const arrivals: Arrivals = new Map();
  const receiver = await WebhookReceiver.open((arrival) => {
    // The first arrival counts: a repeat under the same key is no later alert.
    if (!arrivals.has(arrival.body.alert.subject)) arrivals.set(arrival.body.alert.subject, arrival);
  });
  const { writeKey } = await makeFreshProject(hermes, {
    id: PROJECT,
    partitions: 4,
    eventTypes: { [TYPE]: EVENT_TYPE },
    rules: { 'high-reading': RULE },
    receivers: [receiver.url],
  });
  const runs: Run[] = [];
  for (let run = 1; run <= settings.runs; run++) {
    console.error(
      `run ${String(run)} of ${String(settings.runs)}: ${String((settings.warmUpMs + settings.measuredMs) / 1000)} s`,
    );
    runs.push(await oneRun(hermes, writeKey, arrivals, run, settings));
  }
  await receiver.close();
  const median = medianBy(runs, (run) => percentile(run.totalsMs, 99));
  report(runs, median);
  const missing = runs.reduce((sum, run) => sum + run.expected - run.totalsMs.length, 0);
  if (missing > 0) throw new Error(`${String(missing)} webhooks did not arrive within ${String(LINGER_MS / 1000)} s.`);
  return {
    bench: 'e2e',
    p50Ms: round1(percentile(median.totalsMs, 50)),
    p99Ms: round1(percentile(median.totalsMs, 99)),
  };
}

/** From an HTTP request to the webhook of its alert, through a complete Hermes of the bench's own. */
export const e2e: Bench = {
  about:
    'HTTP request to webhook: 200 events/s, one in ten alerts; --seconds 60 --warm-up 30 --runs 3 --per-second 200',
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: 'string', default: '60' },
        'warm-up': { type: 'string', default: '30' },
        runs: { type: 'string', default: '3' },
        'per-second': { type: 'string', default: '200' },
      },
    });
    const settings: Settings = {
      perSecond: Number(values['per-second']),
      measuredMs: Number(values.seconds) * 1000,
      warmUpMs: Number(values['warm-up']) * 1000,
      runs: Number(values.runs),
    };
    return onOwnHermes((hermes) => measure(hermes, settings));
  },
};
