import { Feature } from '@hermes/contracts/feature';
import { OUTBOX_HEADERS } from '@hermes/contracts/event';
import { buildFeatureSet, type FeatureSet } from '@hermes/profiles/features/feature-set';
import { describe, expect, test } from 'vitest';
import { ChangeListener, SETTLE_MS } from './change-listener.ts';
import { ChangeRing, type KeptChange } from './change-ring.ts';
import { readChange, RepeatFilter } from './read-change.ts';

const change = (offset: number, given: Partial<KeptChange> = {}): KeptChange => ({
  partition: 0,
  offset,
  subject: 'customer:1',
  feature: 'deals',
  version: 1,
  data: `{"at":${offset}}`,
  arrivedMs: offset,
  ...given,
});

describe('the ring', () => {
  test('has the newest changes, and knows what came after each', () => {
    const ring = new ChangeRing({ changes: 3, characters: 1_000 });
    for (let offset = 1; offset <= 5; offset++) ring.push(change(offset));
    expect(ring.find(0, 2)).toBeUndefined();
    expect(ring.after(ring.find(0, 3)!).map(({ offset }) => offset)).toEqual([4, 5]);
    expect(ring.after(ring.find(0, 5)!)).toEqual([]);
    expect(ring.find(1, 5)).toBeUndefined();
  });

  test('knows what has come since a position, unless some of it is gone', () => {
    const ring = new ChangeRing({ changes: 3, characters: 1_000 });
    const start = ring.position;
    ring.push(change(1));
    const later = ring.position;
    for (const offset of [2, 3]) ring.push(change(offset));
    expect(ring.from(start)?.map(({ offset }) => offset)).toEqual([1, 2, 3]);
    expect(ring.from(ring.position)).toEqual([]);
    expect(ring.from(ring.position + 1)).toBeUndefined();
    ring.push(change(4));
    expect([ring.from(start), ring.from(later)?.length]).toEqual([undefined, 3]);
  });

  test('holds no more characters than it may', () => {
    const ring = new ChangeRing({ changes: 100, characters: 25 });
    for (let offset = 1; offset <= 5; offset++) ring.push(change(offset, { data: 'x'.repeat(10) }));
    expect([3, 4, 5].map((offset) => ring.find(0, offset)?.offset)).toEqual([undefined, 4, 5]);
  });

  test('a place that is given again means the newer change', () => {
    const ring = new ChangeRing({ changes: 2, characters: 1_000 });
    for (const data of ['old', 'new', 'newest']) ring.push(change(1, { data }));
    expect(ring.find(0, 1)?.data).toBe('newest');
    ring.push(change(2));
    expect(ring.find(0, 1)?.data).toBe('newest');
  });
});

test('a repeat of an outbox is told per partition and origin; what no outbox has sent is never one', () => {
  const repeats = new RepeatFilter();
  const from = (partition: number, origin: string, sequence: number) => ({
    partition,
    headers: { [OUTBOX_HEADERS.origin]: Buffer.from(origin), [OUTBOX_HEADERS.sequence]: Buffer.from(String(sequence)) },
  });
  const seen = [from(0, 'a', 1), from(0, 'a', 2), from(0, 'a', 1), from(1, 'a', 1), from(0, 'b', 1), from(0, 'a', 3)];
  expect(seen.map((record) => repeats.hasSeen(record))).toEqual([false, false, true, false, false, false]);
  expect([1, 2].map(() => repeats.hasSeen({ partition: 0, headers: {} }))).toEqual([false, false]);
});

test('what is no change is none', () => {
  const record = (value: string | null) => ({
    topic: 't',
    partition: 0,
    offset: 1,
    key: null,
    value: value === null ? null : Buffer.from(value),
    headers: {},
    timestampMs: 0,
  });
  for (const value of [null, '', '{', 'null', '{}', '{"subject":"a:b","feature":"x","value":{}}', '7']) {
    expect(readChange(record(value), 1)).toBeUndefined();
  }
  const data = '{"subject":"a:b","feature":"x","value":{"version":2}}';
  expect(readChange(record(data), 1)).toMatchObject({ subject: 'a:b', feature: 'x', version: 2, data });
});

describe('a listener', () => {
  const feature = (version: number): Feature =>
    Feature.parse({
      id: 'deals',
      project: 'demo',
      version,
      slot: version,
      timeZone: 'UTC',
      publishedAt: '2026-01-01T00:00:00.000Z',
      name: 'deals',
      eventTypes: ['deal.signed'],
      compute: { kind: 'count' },
    });
  const set = (live: number, subscribed: readonly number[] = [1, 2]): FeatureSet =>
    buildFeatureSet(1, [feature(1), feature(2)], { live: { deals: live }, subscribed: [...subscribed] });
  const sinceMs = (at: number | undefined) => () => at;

  const listening = (subject?: string): { listener: ChangeListener; heard: () => string[] } => {
    const heard: string[] = [];
    const listener = new ChangeListener({
      subject,
      features: ['deals'],
      idSuffix: '',
      placeOfNow: (nowMs) => `now-${nowMs}`,
      send: (text) => void heard.push(text.replaceAll('\n', '|')),
    });
    return { listener, heard: () => heard.splice(0) };
  };
  const ready = (nowMs: number): string => `id: now-${nowMs}|event: ready|data: {}||`;
  const told = (offset: number): string => `id: 0-${offset}|event: change|data: {"at":${offset}}||`;
  const reset = (reason: string): string => `event: reset|data: {"reason":"${reason}"}||`;

  test('hears nothing before it is ready, and is ready only when processors surely tell changes', () => {
    const { listener, heard } = listening();
    listener.look(set(1, []), sinceMs(undefined), 1_000);
    listener.look(set(1), sinceMs(1_000), 1_000 + SETTLE_MS - 1);
    listener.hear(change(1));
    expect(heard()).toEqual([]);
    listener.look(set(1), sinceMs(1_000), 1_000 + SETTLE_MS);
    listener.hear(change(2));
    expect(heard()).toEqual([ready(1_000 + SETTLE_MS), told(2)]);
    listener.look(set(1), sinceMs(1_000), 9_000);
    expect(heard()).toEqual([]);
  });

  test('hears its subject alone, and of a version that is being filled nothing', () => {
    const { listener, heard } = listening('customer:1');
    listener.look(set(1), sinceMs(0), 9_000);
    heard();
    listener.hear(change(1, { subject: 'customer:2' }));
    listener.hear(change(2, { version: 2 }));
    listener.hear(change(3));
    expect(heard()).toEqual([told(3)]);
  });

  test('who comes back hears what came after, those that arrive meanwhile included', () => {
    const { listener, heard } = listening();
    listener.resume({ sinceMs: 8_900, changes: [change(8_901)] }, set(1), sinceMs(8_900));
    listener.hear(change(8_902));
    listener.look(set(1), sinceMs(8_900), 9_000);
    expect(heard()).toEqual([]);
    listener.look(set(1), sinceMs(8_900), 9_500);
    expect(heard()).toEqual([told(8_901), told(8_902), ready(9_500)]);
  });

  test.each([
    ['its last change is not kept any more', undefined, 0, 'too-old'],
    ['nobody was subscribed for a while since then', 1, 2, 'not-subscribed'],
    ['nobody is subscribed now', 1, undefined, 'not-subscribed'],
  ] as const)('who comes back is told to read anew when %s', (_, heardUntilMs, since, reason) => {
    const { listener, heard } = listening();
    const missed = heardUntilMs === undefined ? undefined : { sinceMs: heardUntilMs, changes: [change(5)] };
    listener.resume(missed, set(1), sinceMs(since));
    listener.hear(change(6));
    listener.look(set(1), sinceMs(1_000), 9_000);
    expect(heard()).toEqual([reset(reason), ready(9_000)]);
  });

  test('is told to read anew when the subscription was lost in between, and not to before it is back', () => {
    const { listener, heard } = listening();
    listener.look(set(1), sinceMs(0), 9_000);
    heard();
    listener.look(set(1, []), sinceMs(undefined), 9_250);
    listener.hear(change(7));
    expect(heard()).toEqual([]);
    listener.look(set(1), sinceMs(9_500), 11_000);
    expect(heard()).toEqual([reset('not-subscribed'), ready(11_000)]);
  });

  test('who comes back hears nothing of before when the subscription is lost until it is ready', () => {
    const { listener, heard } = listening();
    listener.resume({ sinceMs: 8_900, changes: [change(8_901)] }, set(1), sinceMs(8_900));
    listener.look(set(1, []), sinceMs(undefined), 9_100);
    listener.look(set(1), sinceMs(9_200), 11_000);
    expect(heard()).toEqual([reset('not-subscribed'), ready(11_000)]);
  });

  test('is told to read anew when another version is answered, and hears that one from then on', () => {
    const { listener, heard } = listening();
    listener.look(set(1), sinceMs(0), 9_000);
    heard();
    listener.look(set(2), sinceMs(0), 9_250);
    listener.hear(change(1));
    listener.hear(change(2, { version: 2 }));
    expect(heard()).toEqual([reset('new-version'), told(2)]);
  });

  test('is over when a feature is not answered any more', () => {
    const { listener } = listening();
    expect(listener.look(set(1), sinceMs(0), 9_000)).toBe(true);
    expect(listener.look(set(3), sinceMs(0), 9_000)).toBe(false);
  });
});
