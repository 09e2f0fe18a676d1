/** Guards: over the past a rule knows of a person what the events before made of the profile, no more and no less. */
import type { HermesEvent } from '@hermes/contracts/event';
import { Segment } from '@hermes/contracts/profile-segment';
import type { Condition, Rule, RuleDraft } from '@hermes/contracts/rule';
import type { BacktestSetting } from '@hermes/contracts/rule-backtest';
import { buildFeatureSet, type FeatureSet } from '@hermes/profiles/features/feature-set';
import { featureOf } from '@hermes/profiles/testing/features';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { ByteState } from '@hermes/stream-runtime/memory-run/memory-state';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluationCodec } from '../evaluation/evaluation-state.ts';
import { pastPersons } from '../persons/past-persons.ts';
import { BacktestRun } from './backtest-run.ts';

const START = Date.UTC(2026, 2, 2);
const HOUR = 3_600_000;
const FEATURES = [
  featureOf({ compute: { kind: 'count' }, eventTypes: ['b'] }, 'showings', 7),
  featureOf(
    { compute: { kind: 'count' }, eventTypes: ['b'], window: { kind: 'sliding', length: '2h' } },
    'showings_2h',
    9,
  ),
  featureOf(
    { compute: { kind: 'count' }, eventTypes: ['b'], key: { kind: 'field', entity: 'listing', path: '$.data.l' } },
    'of_listing',
    11,
  ),
  featureOf(
    { compute: { kind: 'ratio', numerator: 'showings', denominator: 'showings_2h' }, eventTypes: [] },
    'share',
    12,
  ),
];
const BUSY = Segment.parse({
  id: 'busy',
  project: 'demo',
  version: 1,
  publishedAt: new Date(START).toISOString(),
  title: { en: 'Busy', zh: '繁忙' },
  condition: { all: [{ fact: 'feature', params: { id: 'showings' }, operator: 'greaterThanInclusive', value: 2 }] },
});
const UNEVEN = Segment.parse({
  ...BUSY,
  id: 'uneven',
  condition: { all: [{ fact: 'feature', params: { id: 'share' }, operator: 'greaterThan', value: 1 }] },
});
const PUBLISHED: FeatureSet = buildFeatureSet(
  1,
  FEATURES,
  { live: { showings: 1, showings_2h: 1, of_listing: 1, share: 1 }, subscribed: [] },
  [BUSY, UNEVEN],
);

const asks = (params: Readonly<Record<string, string>>, operator: string, value: unknown): Condition => ({
  all: [{ fact: 'person', params, operator, value } as Condition],
});
const draftOf = (conditions: Condition, more: Partial<RuleDraft> = {}): RuleDraft => ({
  name: 'R',
  eventTypes: ['a'],
  conditions,
  event: { type: 'r' },
  severity: 'info',
  alert: false,
  ...more,
});

function settingOf(candidate: RuleDraft, live?: Rule): BacktestSetting {
  const found = pastPersons(
    [candidate, ...(live === undefined ? [] : [live])].map(({ conditions }) => conditions),
    PUBLISHED,
  );
  if (found.kind !== 'found') throw new Error(found.kind);
  return {
    project: 'demo',
    candidate,
    live: live ?? null,
    features: [],
    lookups: [],
    ...(found.persons === undefined ? {} : { persons: found.persons }),
    from: new Date(START).toISOString(),
    to: new Date(START + 100 * HOUR).toISOString(),
    timeZone: 'UTC',
    partitions: 8,
    ruleId: null,
  };
}
let made = 0;
const at = (hour: number, type: string, subject = 's:1'): HermesEvent => {
  const instant = new Date(START + hour * HOUR).toISOString();
  return sampleEvent('demo', {
    id: `e-${made++}`,
    type,
    subject,
    time: instant,
    receivedat: instant,
    data: { device: 'd-1' },
  });
};
const hitsOf = (setting: BacktestSetting, events: readonly HermesEvent[]): number => {
  const run = new BacktestRun(setting, { state: () => new ByteState(evaluationCodec) });
  for (const event of events) run.take(event);
  return run.finish().candidate.hits;
};

test.each<[string, Condition, readonly HermesEvent[], number]>([
  ['a value of before the span', asks({ feature: 'showings' }, 'equal', 1), [at(-30, 'b'), at(1, 'a')], 1],
  ['not the event itself', asks({ feature: 'showings' }, 'equal', 1), [at(1, 'a'), at(2, 'b'), at(3, 'a')], 1],
  ['nothing of a person of whom there was nothing', asks({ feature: 'showings' }, 'notEqual', 7), [at(1, 'a')], 1],
  [
    'each person by itself',
    asks({ feature: 'showings' }, 'equal', 2),
    [at(1, 'b'), at(2, 'b'), at(3, 'a'), at(4, 'b', 's:2'), at(5, 'a', 's:2')],
    1,
  ],
  [
    'what was told when it changed last, whatever a window has lost since',
    asks({ feature: 'showings_2h' }, 'equal', 2),
    [at(1, 'b'), at(2, 'b'), at(20, 'a')],
    1,
  ],
  [
    'who has entered a segment',
    asks({ segment: 'busy' }, 'equal', true),
    [at(1, 'b'), at(2, 'a'), at(3, 'b'), at(4, 'a'), at(5, 'a')],
    2,
  ],
  [
    'a segment of a ratio',
    asks({ segment: 'uneven' }, 'equal', true),
    [at(1, 'b'), at(2, 'a'), at(9, 'b'), at(10, 'a')],
    1,
  ],
])('a rule knows %s', (_, condition, events, hits) => {
  expect(hitsOf(settingOf(draftOf(condition)), events)).toBe(hits);
});

test.each<[string, Partial<RuleDraft>]>([
  ['by the subject', {}],
  ['by another key', { key: { entity: 'device', path: '$.data.device' } }],
])('whatever has happened, a rule %s fires on the events that a plain count says', (_, more) => {
  const kind = fc.constantFrom('a', 'b', 'c');
  fc.assert(
    fc.property(fc.array(kind, { maxLength: 25 }), fc.nat(4), (kinds, least) => {
      const events = kinds.map((type, i) => at(i - 5, type));
      const expected = kinds.filter(
        (type, i) => type === 'a' && i >= 5 && kinds.slice(0, i).filter((one) => one === 'b').length > least,
      ).length;
      const condition = asks({ feature: 'showings' }, 'greaterThan', least);
      expect(hitsOf(settingOf(draftOf(condition, more)), events)).toBe(expected);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('the version in force is run as if it had asked all the time, and the result says how persons were known', () => {
  const condition = asks({ feature: 'showings' }, 'greaterThan', 0);
  const live: Rule = {
    ...draftOf(condition),
    id: 'r',
    project: 'demo',
    version: 4,
    publishedAt: new Date(START + 50 * HOUR).toISOString(),
  };
  const run = new BacktestRun({
    ...settingOf(draftOf(asks({ feature: 'showings' }, 'greaterThan', 1)), live),
    ruleId: 'r',
  });
  for (const event of [at(1, 'b'), at(2, 'a'), at(3, 'b'), at(4, 'a')]) run.take(event);
  expect(run.finish()).toMatchObject({ candidate: { hits: 1 }, live: { hits: 2 } });
  expect(run.notes(START - 1_000 * HOUR).map(({ code }) => code)).toContain('persons-recomputed');
  expect([...run.types].sort()).toEqual(['a', 'b']);
});

describe('what cannot be known over the past is said', () => {
  test.each<[string, Condition, string]>([
    ['a feature that is gone', asks({ feature: 'gone' }, 'equal', 1), 'missing gone'],
    ['a segment that is gone', asks({ segment: 'gone' }, 'equal', true), 'missing gone'],
    ['a feature of another key', asks({ feature: 'of_listing' }, 'equal', 1), 'of-another-key of_listing'],
  ])('%s', (_, condition, expected) => {
    const found = pastPersons([condition], PUBLISHED);
    expect(found.kind === 'found' ? '' : `${found.kind} ${found.id}`).toBe(expected);
  });

  test('a rule that asks for nothing of persons needs nothing', () => {
    const plain: Condition = { all: [{ fact: 'event', path: '$.type', operator: 'equal', value: 'a' }] };
    expect(pastPersons([plain], PUBLISHED)).toEqual({ kind: 'found', persons: undefined });
  });
});
