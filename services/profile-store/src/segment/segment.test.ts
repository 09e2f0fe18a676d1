import type { HermesEvent } from '@hermes/contracts/event';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { describe, expect, test } from 'vitest';
import { cursorOfPlace, newestEvents, placeOfCursor, REACH_MS } from './newest-events.ts';
import { cursorOf, externalIdOf, pageOfNames } from './segment-page.ts';

test('a subject is told in the words of Segment', () => {
  expect(externalIdOf('customer:c:7', 'users')).toEqual({
    id: 'c:7',
    type: 'customer',
    collection: 'users',
    encoding: 'none',
  });
});

test('a cursor leads to the next page, and to none at the end', () => {
  expect(cursorOf('/list', 'b&c', 10)).toEqual({
    url: '/list?next=b%26c&limit=10',
    has_more: true,
    next: 'b&c',
    limit: 10,
  });
  expect(cursorOf('/list', undefined, 10)).toEqual({ url: '/list', has_more: false, next: '', limit: 10 });
});

test('pages of names give each name once, in order', () => {
  const names = ['d', 'a', 'c', 'e', 'b'];
  const seen: string[] = [];
  let from: string | undefined;
  do {
    const { page, next } = pageOfNames(names, from, 2);
    seen.push(...page);
    from = next;
  } while (from !== undefined);
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
});

describe('the newest events', () => {
  const nowMs = Date.parse('2026-03-20T12:00:00.000Z');
  const event = (id: string, agoMs: number): HermesEvent =>
    sampleEvent('demo', { id, time: new Date(nowMs - agoMs).toISOString() });
  const history = (events: readonly HermesEvent[]) => {
    const asked: string[] = [];
    const ordered = events.toSorted((a, b) => (`${a.time}\n${a.id}` < `${b.time}\n${b.id}` ? -1 : 1));
    return {
      asked,
      async *read(from: string, to: string | undefined): AsyncGenerator<HermesEvent> {
        asked.push(from);
        for (const one of ordered) if (one.time >= from && (to === undefined || one.time < to)) yield one;
      },
    };
  };

  test('pages give each event once, newest first, those of one instant included', async () => {
    // Groups of three at the same instant, over more than the reach.
    const events = Array.from({ length: 60 }, (_, i) =>
      event(`e-${String(i).padStart(2, '0')}`, Math.floor(i / 3) * 20 * 3_600_000),
    );
    const { read } = history(events);
    const seen: HermesEvent[] = [];
    let after: HermesEvent | undefined;
    for (;;) {
      const page = await newestEvents(
        read,
        4,
        after === undefined ? undefined : placeOfCursor(cursorOfPlace(after)),
        nowMs,
      );
      seen.push(...page.slice(0, 4));
      after = page[3];
      if (page.length <= 4) break;
    }
    const within = events.filter(({ time }) => Date.parse(time) >= nowMs - REACH_MS);
    expect(seen.map(({ id }) => id)).toEqual(
      within.toSorted((a, b) => (`${a.time}\n${a.id}` < `${b.time}\n${b.id}` ? 1 : -1)).map(({ id }) => id),
    );
    expect(within.length).toBeLessThan(events.length);
  });

  test('of a busy subject no more than the last hour is read', async () => {
    const { read, asked } = history(Array.from({ length: 500 }, (_, i) => event(`e-${i}`, i * 60_000)));
    expect((await newestEvents(read, 10, undefined, nowMs)).map(({ id }) => id)).toEqual(
      Array.from({ length: 11 }, (_, i) => `e-${i}`),
    );
    expect(asked).toEqual([new Date(nowMs - 3_600_000).toISOString()]);
  });

  test('an event whose time is to come is one of them', async () => {
    const { read } = history([event('ahead', -60_000), event('past', 60_000)]);
    expect((await newestEvents(read, 10, undefined, nowMs)).map(({ id }) => id)).toEqual(['ahead', 'past']);
  });

  test.each([
    '',
    'x',
    Buffer.from('[1,2,3]').toString('base64url'),
    Buffer.from('["no","a","b"]').toString('base64url'),
  ])('a cursor that is none is refused: %j', (text) => expect(placeOfCursor(text)).toBeUndefined());
});
