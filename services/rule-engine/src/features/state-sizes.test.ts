import type { EventFigures } from '@hermes/contracts/event-figures';
import { featureOf } from '@hermes/profiles/testing/features';
import { expect, test } from 'vitest';
import { StateSizes } from './state-sizes.ts';

const figures = (events: number, subjects: number, days = 7): EventFigures => ({
  days,
  types: [{ type: 'a', events, subjects }],
});

function setUp(answer: EventFigures | undefined) {
  const asked: unknown[] = [];
  const sizes = new StateSizes({
    warnFromBytes: 500_000_000,
    figures: async (...question) => {
      asked.push(question);
      return answer;
    },
  });
  return { asked, sizes };
}
const week = featureOf({ compute: { kind: 'count' }, window: { kind: 'sliding', length: '7d' } }, 'deals_7d');

test('a window of many keys is told with its size, in both languages; one of few is not', async () => {
  const { sizes } = setUp(figures(40_000_000, 1_000_000));
  const [size] = await sizes.of('p', [week]);
  expect(size).toMatchObject({ feature: 'deals_7d', keys: 1_000_000, windowDays: 7, keysAreAtMost: false });
  const warned = sizes.warning({ ...size!, bytes: 3e9 });
  expect(warned?.text.en).toMatch(/"deals_7d" needs about 3,000 MB of state: about 1,000,000 keys/u);
  expect(warned?.text.zh).toMatch(/约需 3,000 MB/u);
  expect(sizes.warning({ ...size!, bytes: 100 })).toBeUndefined();
});

test('events that fill a longer window than history has count for the whole of it', async () => {
  const [short, long] = await Promise.all(
    [figures(70_000, 100, 7), figures(10_000, 100, 1)].map((one) => setUp(one).sizes.of('p', [week])),
  );
  expect(short).toEqual(long);
});

test('of a key that is a field there are at most as many as events', async () => {
  const listing = featureOf({
    compute: { kind: 'count' },
    window: { kind: 'sliding', length: '7d' },
    key: { kind: 'field', entity: 'listing', path: '$.data.listingId' },
  });
  expect(await setUp(figures(5_000, 10)).sizes.of('p', [listing])).toMatchObject([
    { keys: 5_000, keysAreAtMost: true },
  ]);
});

test('nothing is said where nothing is known, and the same is asked once', async () => {
  const unknown = setUp(undefined);
  expect(await unknown.sizes.of('p', [week])).toEqual([]);
  expect(await unknown.sizes.of('p', [week])).toEqual([]);
  expect(unknown.asked).toHaveLength(1);
  const { sizes, asked } = setUp(figures(10, 1));
  await sizes.of('p', [week]);
  await sizes.of('p', [week]);
  expect(asked).toEqual([['p', ['a'], 7]]);
});

test('other work goes on between the estimates of many features', async () => {
  const { sizes } = setUp(figures(10_000_000, 10));
  await sizes.of('p', [week]);
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await sizes.of(
    'p',
    Array.from({ length: 20 }, () => week),
  );
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(20);
});
