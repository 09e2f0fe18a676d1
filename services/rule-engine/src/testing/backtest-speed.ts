/** A process of its own that measures backtests: `node backtest-speed.ts '{"events": 200000, "subjects": 20000, "runs": 3}'` prints a line of JSON. */
import type { Feature } from '@hermes/contracts/feature';
import { readEvent } from '@hermes/contracts/read-event';
import type { Condition, RuleDraft } from '@hermes/contracts/rule';
import type { BacktestSetting } from '@hermes/contracts/rule-backtest';
import { featureOf, hermesEvent } from '@hermes/profiles/testing/features';
import { lineBatchesOf } from '@hermes/service-kit/history/lines';
import { readPast } from '../backtests/read-past.ts';

interface SpeedSetting {
  readonly events: number;
  readonly subjects: number;
  readonly runs: number;
}

/** What is printed: one per rule that is tried. */
export interface SpeedFigure {
  readonly name: string;
  /** Of the thread's processor time: reading the lines, counting and deciding. */
  readonly eventsPerCpuSecond: number;
  readonly hits: number;
  readonly bytesPerEvent: number;
}

const DAY_MS = 86_400_000;
const DAYS = 7;
const END_MS = Date.UTC(2026, 2, 8);
const CHUNK_BYTES = 65_536;
const PRICES = 1_000;

/** As ingest sends them: subject by subject, in chunks of a socket. */
function chunksOf({ events, subjects }: SpeedSetting): readonly Buffer[] {
  const each = Math.ceil(events / subjects);
  const lines: string[] = [];
  for (let i = 0; i < events; i++) {
    const subject = Math.floor(i / each);
    const timeMs = END_MS - DAYS * DAY_MS + Math.floor(((i % each) / each) * DAYS * DAY_MS) + subject;
    const event = hermesEvent({
      id: `deal-${String(i)}`,
      source: 'app',
      type: 'deal.signed',
      subject: `customer:c-${String(subject).padStart(9, '0')}`,
      timeMs,
      receivedAtMs: timeMs + 500,
      data: {
        listingId: `l-${String((i * 7_919) % 50_000)}`,
        district: ['riverside', 'old-town', 'harbour', 'university'][i % 4],
        line: ['second-hand', 'new-home', 'rental'][i % 3],
        totalPriceCny: `${String(500_000 + ((i * 104_729) % 9_000_000))}.00`,
        areaM2: 30 + ((i * 31) % 2_000) / 10,
        price: (i * 7_919) % PRICES,
      },
    });
    lines.push(JSON.stringify(event));
  }
  const text = Buffer.from(`${lines.join('\n')}\n`);
  return Array.from({ length: Math.ceil(text.length / CHUNK_BYTES) }, (_, i) =>
    text.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
  );
}

const path = '$.data.price';
const count = { kind: 'count' } as const;
const sliding = (id: string, slot: number, length: string, compute: Feature['compute'] = count): Feature =>
  featureOf({ compute, eventTypes: ['deal.signed'], window: { kind: 'sliding', length } }, id, slot);
const FEATURES: readonly Feature[] = [
  sliding('deals_7d', 1, '7d'),
  sliding('deals_1d', 2, '1d'),
  sliding('value_7d', 3, '7d', { kind: 'sum', path }),
  sliding('listings_7d', 4, '7d', { kind: 'distinct-count', path: '$.data.listingId' }),
  sliding('deals_1h', 5, '1h'),
];

/** Fires on one event in a hundred; `features`: how many it asks for before it says no. */
function ruleOf(features: number, above: number): RuleDraft {
  const asked = FEATURES.slice(0, features).map(({ id }): Condition => ({
    fact: 'feature',
    params: { id, version: 1 },
    operator: 'greaterThanInclusive',
    value: 0,
  }));
  const price: Condition = { fact: 'event', path, operator: 'greaterThanInclusive', value: above };
  const line: Condition = { fact: 'event', path: '$.data.district', operator: 'notEqual', value: 'nowhere' };
  return {
    name: 'Of the bench',
    eventTypes: ['deal.signed'],
    conditions: { all: [line, ...asked, price] },
    event: { type: 'fired' },
    severity: 'info',
    alert: false,
  };
}

function settingOf(features: number): BacktestSetting {
  const live = { ...ruleOf(features, PRICES - 8), id: 'live', project: 'demo', version: 1 };
  return {
    project: 'demo',
    timeZone: 'Asia/Shanghai',
    partitions: 8,
    ruleId: 'live',
    candidate: ruleOf(features, PRICES - 10),
    live: { ...live, publishedAt: '2026-01-01T00:00:00.000Z' },
    features: FEATURES.slice(0, features),
    lookups: [],
    from: new Date(END_MS - DAYS * DAY_MS).toISOString(),
    to: new Date(END_MS + DAY_MS).toISOString(),
  };
}

async function* eventsIn(chunks: readonly Buffer[]) {
  async function* arriving() {
    yield* chunks;
  }
  for await (const lines of lineBatchesOf(arriving()))
    yield lines.map((line) => {
      const read = readEvent(line);
      if (read.kind === 'dead') throw new Error(read.reason);
      return read.event;
    });
}

async function measure(
  name: string,
  features: number,
  chunks: readonly Buffer[],
  setting: SpeedSetting,
): Promise<SpeedFigure> {
  const figures: { readonly perSecond: number; readonly hits: number }[] = [];
  for (let run = 0; run <= setting.runs; run++) {
    const before = process.cpuUsage();
    const result = await readPast(
      settingOf(features),
      {
        openBatches: () =>
          Promise.resolve({
            kind: 'ok',
            keptSince: '2020-01-01T00:00:00.000Z',
            count: setting.events,
            events: eventsIn(chunks),
          }),
      },
      () => undefined,
    );
    const { user, system } = process.cpuUsage(before);
    figures.push({ perSecond: setting.events / ((user + system) / 1e6), hits: result.candidate.hits });
  }
  // The first one warms up.
  const [median] = figures
    .slice(1)
    .sort((a, b) => a.perSecond - b.perSecond)
    .slice(Math.floor((figures.length - 1) / 2));
  const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
  return {
    name,
    eventsPerCpuSecond: Math.round(median!.perSecond),
    hits: median!.hits,
    bytesPerEvent: Math.round(bytes / setting.events),
  };
}

const setting = JSON.parse(process.argv[2] ?? '{}') as SpeedSetting;
const chunks = chunksOf(setting);
const figures = [
  await measure('without features', 0, chunks, setting),
  await measure('one feature', 1, chunks, setting),
  await measure('five features', FEATURES.length, chunks, setting),
];
process.stdout.write(`${JSON.stringify(figures)}\n`);
