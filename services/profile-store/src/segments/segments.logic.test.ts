/** Guards: who enters and who leaves a segment is told once, with the event that made it so, whatever becomes of the segment meanwhile. */
import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import type { FeatureStatus } from '@hermes/contracts/feature';
import { Segment } from '@hermes/contracts/profile-segment';
import type { Condition } from '@hermes/contracts/rule';
import { eraseInjection } from '@hermes/feature-counting/erase-subject';
import { profileCodec, type ProfileValue } from '@hermes/feature-counting/state-of-subject';
import { buildFeatureSet, type FeatureSet } from '@hermes/profiles/features/feature-set';
import { featureOf, hermesEvent } from '@hermes/profiles/testing/features';
import { MemoryRun } from '@hermes/stream-runtime/memory-run/memory-run';
import { ByteState } from '@hermes/stream-runtime/memory-run/memory-state';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { profileLogic } from '../processing/profile.logic.ts';

const SUBJECT = 'customer:c-1';
const START = Date.UTC(2026, 2, 1);
const FEATURES = [
  featureOf({ compute: { kind: 'count' }, eventTypes: ['deal'] }, 'deals', 1),
  featureOf({ compute: { kind: 'last', path: '$.data.tier' }, eventTypes: ['tiered'], group: 'apart' }, 'tier', 2),
  featureOf(
    { compute: { kind: 'count' }, eventTypes: ['deal'], window: { kind: 'sliding', length: '1h' } },
    'deals_1h',
    3,
  ),
];
const STATUS: FeatureStatus = { live: { deals: 1, tier: 1, deals_1h: 1 }, subscribed: [], segments: true };

const asks = (id: string, operator: string, value: unknown): Condition =>
  ({ fact: 'feature', params: { id }, operator, value }) as Condition;
const segment = (id: string, condition: Condition, version = 1): Segment =>
  Segment.parse({
    id,
    version,
    project: 'demo',
    title: { en: id, zh: id },
    condition,
    publishedAt: new Date(START).toISOString(),
  });
const BUSY = segment('busy', { all: [asks('deals', 'greaterThanInclusive', 2)] });
const GOLD = segment('gold', { all: [asks('tier', 'equal', 'gold')] });
const NOW = segment('now', { all: [asks('deals_1h', 'greaterThanInclusive', 1)] });

class Run {
  readonly told: string[] = [];
  private readonly state = new ByteState<ProfileValue>(profileCodec);
  private readonly run: MemoryRun<ProfileValue, FeatureSet>;
  private offset = 0;

  constructor(segments: readonly Segment[]) {
    this.run = new MemoryRun<ProfileValue, FeatureSet>({
      project: 'demo',
      partition: 0,
      partitions: 1,
      definitions: buildFeatureSet(1, FEATURES, STATUS, segments),
      logic: profileLogic({ onLate: () => undefined, onErased: () => undefined }),
      state: this.state,
      onOutput: ({ topic, key, value }) => {
        const change = JSON.parse(String(value)) as {
          segment: string;
          version: number;
          change: string;
          cause: { id: string; offset: number };
        };
        expect([topic, key]).toEqual(['demo.profile-changes', SUBJECT]);
        this.told.push(`${change.segment}${change.version} ${change.change} ${change.cause.id} ${change.cause.offset}`);
      },
      onDeadLetter: ({ reason }) => expect(reason).toBe(''),
      checksKeys: true,
    });
  }

  set segments(segments: readonly Segment[]) {
    this.run.definitions = buildFeatureSet(2, FEATURES, STATUS, segments);
  }

  /** One event; answers what it told. */
  send(type: string, data: Readonly<Record<string, unknown>> = {}, atMinute = this.offset): readonly string[] {
    const before = this.told.length;
    const atMs = START + atMinute * 60_000;
    const event = hermesEvent({
      id: `e-${this.offset}`,
      source: '/t',
      type,
      subject: SUBJECT,
      timeMs: atMs,
      receivedAtMs: atMs,
      data,
    });
    const record: KafkaRecord = {
      topic: 'demo.events',
      partition: 0,
      offset: this.offset++,
      key: Buffer.from(SUBJECT),
      value: Buffer.from(JSON.stringify(event)),
      headers: { [EVENT_HEADERS.type]: Buffer.from(type) },
      timestampMs: atMs,
    };
    this.run.take(record);
    return this.told.slice(before);
  }

  erase(atMinute: number): void {
    const erased = eraseInjection(SUBJECT, START + atMinute * 60_000, ['main', 'apart'], () => undefined);
    this.state.begin();
    erased.apply({
      get: (key) => this.state.get(key, 0),
      set: (key, value) => this.state.set(key, value as ProfileValue, Infinity),
      append: () => undefined,
    });
    this.state.end();
  }
}

test('who enters is told once, and who leaves too', () => {
  const run = new Run([BUSY, GOLD]);
  expect(run.send('deal')).toEqual([]);
  expect(run.send('deal')).toEqual(['busy1 entered e-1 1']);
  expect(run.send('deal')).toEqual([]);
  expect(run.send('tiered', { tier: 'gold' })).toEqual(['gold1 entered e-3 3']);
  expect(run.send('tiered', { tier: 'silver' })).toEqual(['gold1 left e-4 4']);
});

test('an event that counts in nothing that a segment names decides nothing, and what time has changed is told with the next that does', () => {
  const run = new Run([NOW]);
  expect(run.send('deal', {}, 0)).toEqual(['now1 entered e-0 0']);
  expect(run.send('other', {}, 200)).toEqual([]);
  const both = new Run([NOW, GOLD]);
  both.send('deal', {}, 0);
  expect(both.send('tiered', { tier: 'x' }, 200)).toEqual(['now1 left e-1 1']);
});

test('a new segment, a changed one and one that is gone are told with the next event, whatever it is', () => {
  const run = new Run([BUSY]);
  run.send('deal');
  run.send('deal');
  run.segments = [BUSY, segment('some', { all: [asks('deals', 'greaterThan', 0)] })];
  expect(run.send('other')).toEqual(['some1 entered e-2 2']);
  run.segments = [segment('busy', { all: [asks('deals', 'greaterThan', 9)] }, 2)];
  expect(run.send('other')).toEqual(['busy1 left e-3 3', 'some1 left e-3 3']);
  run.segments = [segment('busy', { all: [asks('deals', 'greaterThan', 1)] }, 3)];
  expect(run.send('other')).toEqual(['busy3 entered e-4 4']);
  run.segments = [];
  expect(run.send('other')).toEqual(['busy3 left e-5 5']);
  expect(run.send('other')).toEqual([]);
});

test('an erased subject is not decided on by events of before', () => {
  const run = new Run([segment('none', { all: [asks('deals', 'lessThan', 1)] })]);
  run.send('deal', {}, 5);
  run.erase(10);
  expect(run.send('deal', {}, 9)).toEqual([]);
  run.segments = [segment('few', { all: [asks('deals', 'lessThan', 5)] })];
  expect(run.send('deal', {}, 8)).toEqual([]);
  expect(run.send('deal', {}, 11)).toEqual(['few1 entered e-3 3']);
});

test('whatever comes, what was told adds up to what the condition says after each event', () => {
  const step = fc.constantFrom<readonly [string, Readonly<Record<string, unknown>>]>(
    ['deal', {}],
    ['tiered', { tier: 'gold' }],
    ['tiered', { tier: 'silver' }],
    ['other', {}],
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const run = new Run([BUSY, GOLD]);
      const isIn = new Set<string>();
      let [deals, tier] = [0, ''];
      for (const [type, data] of steps) {
        for (const told of run.send(type, data)) {
          const [name = '', change] = told.split(' ');
          expect(isIn.has(name)).toBe(change === 'left');
          if (change === 'left') isIn.delete(name);
          else isIn.add(name);
        }
        if (type === 'deal') deals += 1;
        if (type === 'tiered') tier = String(data['tier']);
        expect([...isIn].sort()).toEqual([...(deals >= 2 ? ['busy1'] : []), ...(tier === 'gold' ? ['gold1'] : [])]);
      }
    }),
    { seed: 5, numRuns: 300 },
  );
});
