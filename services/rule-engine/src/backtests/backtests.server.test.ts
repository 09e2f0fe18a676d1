/** Guards: on the events of the past a version decides what it decided live, and runs over it survive a killed process. */
import type { Feature } from '@hermes/contracts/feature';
import { featureOf } from '@hermes/profiles/testing/features';
import { BreakableProxy } from '@hermes/service-kit/testing/breakable-proxy';
import { followReports, requestErasure } from '@hermes/service-kit/testing/erasure-records';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { above, BacktestsRoom, often } from '../testing/backtests-room.ts';
import { FeaturesRoom } from '../testing/features-room.ts';

const FEATURES: readonly Feature[] = [
  featureOf({ compute: { kind: 'count' } }, 'deals', 1),
  featureOf(
    { compute: { kind: 'sum', path: '$.data.price' }, window: { kind: 'sliding', length: '7d' } },
    'value_7d',
    2,
  ),
  featureOf(
    { compute: { kind: 'count' }, key: { kind: 'field', path: '$.data.price', entity: 'price' } },
    'of_price',
    3,
  ),
];

/** Goes by the price, and asks how often there was an event of that price. */
const byPrice = above(40, {
  key: { entity: 'price', path: '$.data.price' },
  conditions: {
    all: [
      { fact: 'event', path: '$.data.price', operator: 'greaterThan', value: 40 },
      { fact: 'feature', params: { id: 'of_price' }, operator: 'greaterThan', value: 0 },
    ],
  },
  tests: [{ name: 'above', event: { data: { price: 41 } }, features: { of_price: 1 }, fires: true }],
});

describe.each([1, 8])('on %i partitions', (partitions) => {
  let room: FeaturesRoom;
  let past: BacktestsRoom;

  beforeAll(async () => {
    room = await FeaturesRoom.open(partitions, FEATURES);
    past = new BacktestsRoom(room);
    await room.start();
    await room.known();
    await room.put('often', often(40));
    await room.put('once', often(40, { suppression: { seconds: 1 } }));
    await room.put('by-price', byPrice);
    for (const id of ['often', 'once', 'by-price']) await room.inForce(id);
    await past.decided(300);
    await past.decided(300);
  }, 120_000);
  afterAll(() => room.close());

  test.each(['often', 'once'])(
    'the version in force of "%s" decides what it decided live, features and suppression included',
    async (id) => {
      const result = await past.ran(`rules/${id}/backtests`, { days: 1, version: 1 });
      const live = new Map(room.decisionsOf(id).map((decision) => [decision.id, decision]));
      expect(live.size).toBeGreaterThan(id === 'once' ? 10 : 50);
      expect(result.difference).toEqual({ more: 0, fewer: 0, same: live.size });
      expect(result.samples['same']).toHaveLength(Math.min(50, live.size));
      for (const { liveDecision, event, trace, features } of result.samples['same']!) {
        const decision = live.get(liveDecision!);
        expect({ event: event.id, trace, features }).toEqual({
          event: decision?.event.id,
          trace: decision?.trace,
          features: decision?.features,
        });
      }
      expect(result.events.read).toBe(room.arrived.filter(({ type }) => type === 'a').length);
    },
    60_000,
  );

  test('a rule that goes by another key decides on the events on which it decided live', async () => {
    const decided = (): readonly string[] => room.decisionsOf('by-price').map(({ event }) => event.id);
    const expected = room.arrived.filter(({ type, data }) => type === 'a' && Number(data['price']) > 40);
    await eventually('live has decided at the keys', () => decided().length >= expected.length || undefined);
    const { difference } = await past.ran('rules/by-price/backtests', { days: 1, version: 1 });
    expect(difference).toEqual({ more: 0, fewer: 0, same: decided().length });
    expect(decided().toSorted()).toEqual(expected.map(({ id }) => id).sort());
  }, 60_000);

  test('a draft is held against it: what it decides besides, and what it leaves out', async () => {
    const live = room.decisionsOf('often').length;
    const body = { days: 1, draft: { ...above(60), eventTypes: ['a', 'b'] } };
    const { difference, candidate, samples, overTime } = await past.ran('rules/often/backtests', body);
    const expected = room.arrived.filter(({ data }) => Number(data['price']) > 60);
    expect(candidate.hits).toBe(expected.length);
    expect(difference.same + difference.fewer).toBe(live);
    expect(difference.more + difference.same).toBe(expected.length);
    for (const kind of ['more', 'fewer', 'same'] as const) {
      expect(difference[kind]).toBeGreaterThan(0);
      expect(overTime.reduce((sum, one) => sum + one[kind], 0)).toBe(difference[kind]);
    }
    const ids = new Set(expected.map(({ id }) => id));
    for (const { event } of samples['more']!) expect(ids.has(event.id)).toBe(true);
    for (const { event, other } of samples['fewer']!) {
      expect(ids.has(event.id)).toBe(false);
      expect(other.at(-1)).toMatchObject({ outcome: 'false' });
    }
  }, 60_000);

  test('a rule that is not there yet is tried on features that are published, and nothing is in force to compare with', async () => {
    const conditions = {
      any: [{ fact: 'feature' as const, params: { id: 'value_7d' }, operator: 'greaterThan', value: 100 }],
    };
    const result = await past.ran('rule-backtests', { days: 1, draft: above(0, { conditions }) });
    expect(result.live).toBeNull();
    expect(result.candidate.hits).toBeGreaterThan(50);
    expect(result.difference).toEqual({ more: result.candidate.hits, fewer: 0, same: 0 });
    for (const { features } of result.samples['more']!) expect(features!['value_7d']!.value).toBeGreaterThan(100);
  }, 60_000);
});

describe('a run', () => {
  let room: FeaturesRoom;
  let past: BacktestsRoom;
  let ingest: BreakableProxy;
  const path = 'rules/high/backtests';

  beforeAll(async () => {
    room = await FeaturesRoom.open(2, FEATURES);
    past = new BacktestsRoom(room);
    ingest = await BreakableProxy.open(room.ingest.ingest.url);
    await room.start(ingest.url);
    await room.known();
    await room.put('high', above(40));
    await past.decided(200);
  }, 120_000);
  afterAll(async () => {
    await ingest.close();
    await room.close();
  });

  test('is for editors, and refuses what is no rule, no version, or not there', async () => {
    const asked = async (where: string, body: unknown): Promise<unknown> => {
      const answer = await room.call('POST', where, body);
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    expect(await asked(path, { days: 1, version: 7 })).toEqual([404, 'not-found']);
    expect(await asked('rules/nothing/backtests', { days: 1 })).toEqual([404, 'not-found']);
    expect(await asked(path, { days: 1, draft: { name: 'x' } })).toEqual([400, 'invalid-rule']);
    expect(await asked(path, { days: 1, version: 1, draft: above(1) })).toEqual([400, 'invalid-input']);
    expect(await asked(path, { days: 0, version: 1 })).toEqual([400, 'invalid-input']);
    expect(await asked('rule-backtests', { days: 1 })).toEqual([400, 'invalid-input']);
    const url = `${room.url}/v1/projects/${room.ingest.project.id}/${path}`;
    const as = async (method: string): Promise<number> => {
      const authorization = `Bearer ${await room.ingest.project.token('viewer')}`;
      const headers = { authorization, 'content-type': 'application/json' };
      return (await fetch(url, { method, headers, ...(method === 'GET' ? {} : { body: '{"days":1,"version":1}' }) }))
        .status;
    };
    expect([await as('POST'), await as('GET')]).toEqual([403, 200]);
    expect((await room.call('GET', `${path}/nothing`)).status).toBe(404);
  });

  test('without a draft is of the version in force', async () => {
    const { result } = await past.reached(path, await past.request(path, { days: 1 }), 'done');
    const { difference } = result!;
    expect([difference.more, difference.fewer]).toEqual([0, 0]);
    expect(difference.same).toBeGreaterThan(0);
  });

  test('says what has expired, in the language of who reads it', async () => {
    const conditions = often(40).conditions;
    const { id } = await past.request(path, { days: 100, draft: above(40, { conditions }) });
    const { result } = await past.reached(path, { id }, 'done');
    expect(result?.notes.map(({ code }) => code)).toEqual(['history-begins', 'feature-not-whole', 'live-is-younger']);
    const chinese = await room.call('GET', `${path}/${id}`, undefined, { 'accept-language': 'zh-CN' });
    expect(JSON.stringify(await chinese.json())).toContain('历史从');
  }, 60_000);

  test('that is cancelled ends, and the next one begins', async () => {
    ingest.hold();
    const [first, second] = [
      await past.request(path, { days: 1, version: 1 }),
      await past.request(path, { days: 1, version: 1 }),
    ];
    await past.reached(path, first, 'running');
    expect((await past.view(path, second)).state).toBe('waiting');
    expect((await room.call('DELETE', `${path}/${first.id}`)).status).toBe(204);
    expect((await past.view(path, first)).state).toBe('cancelled');
    await past.reached(path, second, 'running');
    ingest.release();
    await past.reached(path, second, 'done');
    const listed = (await (await room.call('GET', path)).json()) as { backtests: { id: string }[] };
    expect(listed.backtests.slice(0, 2).map(({ id }) => id)).toEqual([second.id, first.id]);
  }, 60_000);

  test('that a killed process had begun is done by another', async () => {
    ingest.hold();
    const backtest = await past.request(path, { days: 1, version: 1 });
    await past.reached(path, backtest, 'running');
    await room.start();
    await room.kill9();
    const { result } = await past.reached(path, backtest, 'done');
    expect(result?.difference.same).toBe(room.decisionsOf('high').length);
    ingest.release();
  }, 90_000);

  test('shows nothing any more of a subject that is erased', async () => {
    const backtest = await past.request(path, { days: 1, version: 1 });
    const { result } = await past.reached(path, backtest, 'done');
    const { subject } = result!.samples['same']![0]!;
    const reported = await followReports(room.ingest.kafka, room.ingest.project.id);
    const erasure = await requestErasure(room.ingest.kafka, room.ingest.project.id, subject);
    const report = await eventually(
      'the report',
      () => reported.reports.find((one) => one.erasureId === erasure.id && one.store === 'backtests'),
      40_000,
    );
    expect(report).toMatchObject({ remaining: 0 });
    expect(report.removed).toBeGreaterThan(0);
    await reported.close();
    const { result: after } = await past.view(path, backtest);
    expect(JSON.stringify(after)).not.toContain(`"${subject}"`);
    expect(after?.difference).toEqual(result!.difference);
  }, 60_000);
});
