/** Guards: an event waits for a lookup no longer than the lookup says, and what it then sees is the fallback, with the reason. */
import type { Lookup } from '@hermes/contracts/lookup';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { LookupDesk } from './lookup-desk.ts';
import { type SourceAnswer, UnfitQuestion } from './lookup-source.ts';

const lookup = (more: Partial<Extract<Lookup, { kind: 'redis' }>> = {}): Lookup => ({
  kind: 'redis',
  id: 'credit',
  version: 3,
  name: 'Credit',
  timeoutMs: 30,
  cacheSeconds: 60,
  fallback: { score: 0 },
  server: 'crm',
  key: '{key}',
  as: 'json',
  ...more,
});

function setUp(answer: (key: string) => Promise<SourceAnswer>) {
  const asked: string[] = [];
  const desk = new LookupDesk(
    async (_, key) => {
      asked.push(key);
      return answer(key);
    },
    { onAnswered: () => undefined },
  );
  return { asked, ask: (key: string, one = lookup()) => desk.answer('p', one, key) };
}
const score = async (key: string): Promise<SourceAnswer> =>
  key === 'nobody' ? { kind: 'missing' } : { kind: 'found', value: { score: key.length }, bytes: 12 };

describe('an answer', () => {
  test('is used again for as long as the lookup says, that there is none too', async () => {
    const { ask, asked } = setUp(score);
    expect(await ask('c-1')).toEqual({ version: 3, value: { score: 3 }, from: 'source' });
    expect(await ask('c-1')).toEqual({ version: 3, value: { score: 3 }, from: 'cache' });
    expect([await ask('nobody'), await ask('nobody')]).toEqual([
      { version: 3, from: 'source' },
      { version: 3, from: 'cache' },
    ]);
    expect(asked).toEqual(['c-1', 'nobody']);
  });

  test('is asked for again where it is not to be kept, and by a lookup that was changed', async () => {
    const { ask, asked } = setUp(score);
    const always = lookup({ cacheSeconds: 0 });
    await ask('c-1', always);
    await ask('c-1', always);
    await ask('c-1', lookup({ version: 4 }));
    expect(asked).toHaveLength(3);
  });

  test('that several events wait for at once is asked for once', async () => {
    const { ask, asked } = setUp(async (key) => {
      await pause(5);
      return score(key);
    });
    const all = await Promise.all(['c-1', 'c-1', 'c-1'].map((key) => ask(key)));
    expect(new Set(all.map(({ from }) => from))).toEqual(new Set(['source']));
    expect(asked).toEqual(['c-1']);
  });
});

test('as many events as a step has get their answers from a source that is well', async () => {
  let underWay = 0;
  // It answers late when it is asked too much at once, as servers do.
  const { ask } = setUp(async (key) => {
    await pause(++underWay > 40 ? 1_000 : 5);
    underWay -= 1;
    return score(key);
  });
  const patient = lookup({ timeoutMs: 500 });
  const all = await Promise.all(Array.from({ length: 400 }, (_, i) => ask(`c-${String(i)}`, patient)));
  expect(new Set(all.map(({ from, reason }) => `${from} ${reason ?? ''}`))).toEqual(new Set(['source ']));
});

describe('the fallback is seen, with the reason', () => {
  test('when there is no answer in time', async () => {
    const { ask } = setUp(() => new Promise(() => undefined));
    const startedAt = performance.now();
    expect(await ask('c-1')).toMatchObject({
      value: { score: 0 },
      from: 'fallback',
      reason: 'it did not answer within 30 ms',
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('when the source fails; after five failures it is left alone, and none is kept as an answer', async () => {
    let isAway = true;
    const { ask, asked } = setUp((key) => (isAway ? Promise.reject(new Error('no route')) : score(key)));
    for (let n = 0; n < 20; n++) expect(await ask('c-1')).toMatchObject({ from: 'fallback', value: { score: 0 } });
    expect(asked).toHaveLength(5);
    expect((await ask('c-1')).reason).toMatch(/failed 5 times in a row/u);
    isAway = false;
    await expect.poll(async () => (await ask('c-1')).from, { timeout: 5_000 }).toBe('source');
  });

  test('of keys about which the source cannot be asked, and others are asked on', async () => {
    const { ask } = setUp((key) => (key === 'c-1' ? score(key) : Promise.reject(new UnfitQuestion('status 400'))));
    for (let n = 0; n < 20; n++)
      expect(await ask(`bad-${String(n)}`)).toMatchObject({ from: 'fallback', reason: 'status 400' });
    expect(await ask('c-1')).toMatchObject({ from: 'source', value: { score: 3 } });
  });

  test('by those that wait for their turn, when the source turns out to be away', async () => {
    const { ask, asked } = setUp(() => new Promise(() => undefined));
    const startedAt = performance.now();
    const all = await Promise.all(Array.from({ length: 400 }, (_, i) => ask(`c-${String(i)}`)));
    expect(new Set(all.map(({ from }) => from))).toEqual(new Set(['fallback']));
    expect([asked.length <= 64, performance.now() - startedAt < 2_000]).toEqual([true, true]);
  });
});
