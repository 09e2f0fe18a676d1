/** Guards: over the past, rules by another key and features of other keys decide what the processors decide, on any number of partitions. */
import type { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import type { Feature } from '@hermes/contracts/feature';
import type { KeyField } from '@hermes/contracts/key-field';
import type { Condition, Rule, RuleDraft } from '@hermes/contracts/rule';
import type { BacktestSetting } from '@hermes/contracts/rule-backtest';
import { featureOf } from '@hermes/profiles/testing/features';
import { ByteState } from '@hermes/stream-runtime/memory-run/memory-state';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluationCodec } from '../evaluation/evaluation-state.ts';
import { RuleSet } from '../evaluation/rule-set.ts';
import { PAST_BEGINS_MS, pastEvents } from '../testing/past-events.ts';
import { RoutedRun } from '../testing/routed-run.ts';
import { BacktestRun, TooMuchToHoldError } from './backtest-run.ts';

const DAY_MS = 86_400_000;
const LISTING: KeyField = { entity: 'listing', path: '$.data.listing' };
const DEVICE: KeyField = { entity: 'device', path: '$.data.device' };
const by = (key: KeyField) => ({ key: { kind: 'field' as const, ...key } });
const FEATURES: readonly Feature[] = [
  featureOf({ compute: { kind: 'count' }, eventTypes: ['a', 'b'] }, 'mine', 1),
  featureOf({ compute: { kind: 'count' }, eventTypes: ['a', 'b'], ...by(LISTING) }, 'of_listing', 2),
  featureOf(
    { compute: { kind: 'sum', path: '$.data.price' }, window: { kind: 'sliding', length: '1h' }, ...by(DEVICE) },
    'of_device',
    3,
  ),
];

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.nat(6).map((value) => ({ fact: 'event' as const, path: '$.data.price', operator: 'greaterThan', value })),
  fc
    .record({ id: fc.constantFrom('mine', 'of_listing', 'of_device'), value: fc.nat(5) })
    .map(({ id, value }) => ({ fact: 'feature' as const, params: { id, version: 1 }, operator: 'greaterThan', value })),
);
const draft: fc.Arbitrary<RuleDraft> = fc
  .record({
    conditions: fc.array(condition, { minLength: 1, maxLength: 2 }),
    key: fc.constantFrom(undefined, LISTING, DEVICE),
    hours: fc.constantFrom(undefined, 2),
  })
  .map(({ conditions, key, hours }) => ({
    name: 'Any',
    eventTypes: ['a', 'b'],
    conditions: { all: conditions },
    event: { type: 'any' },
    severity: 'info',
    alert: true,
    ...(key === undefined ? {} : { key }),
    ...(hours === undefined ? {} : { suppression: { hours } }),
  }));

const published = (rule: RuleDraft): Rule => ({
  ...rule,
  id: 'live',
  project: 'demo',
  version: 3,
  publishedAt: '2026-01-01T00:00:00.000Z',
});
const settingOf = (candidate: RuleDraft, live: RuleDraft): BacktestSetting => ({
  project: 'demo',
  timeZone: 'UTC',
  partitions: 8,
  ruleId: 'live',
  candidate,
  live: published(live),
  features: [...FEATURES],
  lookups: [],
  from: new Date(PAST_BEGINS_MS).toISOString(),
  to: new Date(PAST_BEGINS_MS + 1_000 * DAY_MS).toISOString(),
});

/** Each with a listing and a device, shared by subjects; some have none. */
const events = pastEvents.map((list) =>
  list.map((event, i): HermesEvent => ({
    ...event,
    data: {
      ...event.data,
      ...(i % 5 === 0 ? {} : { listing: `l-${String((i * 7) % 3)}` }),
      ...(i % 7 === 0 ? {} : { device: `d-${String((i * 11) % 2)}` }),
    },
  })),
);

const comparable = (list: readonly Decision[]) =>
  list.map(({ id, key, features, trace }) => ({ id, key, features, trace })).sort((a, b) => (a.id < b.id ? -1 : 1));

test.each([1, 8])(
  'on any events, the version in force decides what processors of %i partitions decided',
  (partitions) => {
    const seen = { decisions: 0, more: 0, fewer: 0, same: 0 };
    fc.assert(
      fc.property(events, draft, draft, (list, candidate, live) => {
        const decidedBy = (rule: RuleDraft): readonly Decision[] => {
          const run = new RoutedRun(new RuleSet(1, [published(rule)], FEATURES), partitions);
          return list.flatMap((event) => run.decide(event));
        };
        const [asLive, asCandidate] = [decidedBy(live), decidedBy(candidate)];
        const decisions: Decision[] = [];
        const state = () => new ByteState(evaluationCodec);
        const run = new BacktestRun(settingOf(candidate, live), { onLive: (one) => void decisions.push(one) });
        const slow = new BacktestRun(settingOf(candidate, live), { state });
        for (const event of list) for (const one of [run, slow]) one.take(event);
        const findings = run.finish();
        expect(slow.finish()).toEqual(findings);
        expect(comparable(decisions)).toEqual(comparable(asLive));
        const [ofLive, ofCandidate] = [asLive, asCandidate].map((made) => new Set(made.map(({ event }) => event.id)));
        const expected = {
          more: [...ofCandidate!].filter((id) => !ofLive!.has(id)).length,
          fewer: [...ofLive!].filter((id) => !ofCandidate!.has(id)).length,
          same: [...ofLive!].filter((id) => ofCandidate!.has(id)).length,
        };
        expect(findings.difference).toEqual(expected);
        seen.decisions += decisions.length;
        for (const kind of ['more', 'fewer', 'same'] as const) seen[kind] += expected[kind];
      }),
      { seed: 5, numRuns: 60 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
  },
);

test('subjects that meet at keys are all held at once, and too many of them are refused', () => {
  const rule: RuleDraft = {
    name: 'Any',
    eventTypes: ['a'],
    conditions: {
      all: [{ fact: 'feature', params: { id: 'of_listing', version: 1 }, operator: 'greaterThan', value: 5 }],
    },
    event: { type: 'any' },
    severity: 'info',
    alert: true,
  };
  const run = new BacktestRun(settingOf(rule, rule), { maxHeld: 500 });
  const receivedat = new Date(PAST_BEGINS_MS).toISOString();
  expect(() => {
    for (let i = 0; i < 2_048; i++)
      run.take({
        specversion: '1.0',
        id: `e-${String(i)}`,
        source: '/t',
        type: 'a',
        subject: `broker:b-${String(i)}`,
        time: receivedat,
        project: 'demo',
        receivedat,
        data: { listing: `l-${String(i)}` },
      });
  }).toThrow(TooMuchToHoldError);
});
