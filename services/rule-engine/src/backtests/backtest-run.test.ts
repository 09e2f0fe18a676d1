/** Guards: a backtest decides what live decided on the same events, and counts differences event by event. */
import type { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import type { Feature } from '@hermes/contracts/feature';
import type { Condition, Rule, RuleDraft } from '@hermes/contracts/rule';
import type { BacktestSetting } from '@hermes/contracts/rule-backtest';
import { featureOf, hermesEvent } from '@hermes/profiles/testing/features';
import { ByteState } from '@hermes/stream-runtime/memory-run/memory-state';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluationCodec } from '../evaluation/evaluation-state.ts';
import { RuleSet } from '../evaluation/rule-set.ts';
import { LogicRun } from '../testing/logic-run.ts';
import { bySubject, PAST_BEGINS_MS, pastEvents } from '../testing/past-events.ts';
import { type BacktestFindings, BacktestRun, type BacktestRunOptions, TooMuchToHoldError } from './backtest-run.ts';

const HOUR_MS = 3_600_000;
const path = '$.data.price';
const FEATURES: readonly Feature[] = [
  featureOf({ compute: { kind: 'count' }, eventTypes: ['a', 'b'] }, 'all', 7),
  featureOf({ compute: { kind: 'count' }, window: { kind: 'sliding', length: '1h' } }, 'hour', 8),
  featureOf({ compute: { kind: 'sum', path }, window: { kind: 'sliding', length: '2d' }, group: 'apart' }, 'two', 9),
  featureOf(
    { compute: { kind: 'distinct-count', path }, window: { kind: 'calendar', period: 'day', back: 0 } },
    'day',
    10,
  ),
];
const feature = (id: string, operator: string, value: number): Condition => ({
  fact: 'feature',
  params: { id, version: 1 },
  operator,
  value,
});
const price = (operator: string, value: number): Condition => ({ fact: 'event', path, operator, value });

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc
    .record({ operator: fc.constantFrom('greaterThan', 'lessThan', 'in'), value: fc.nat(6) })
    .map(({ operator, value }) => price(operator, value)),
  fc
    .record({
      id: fc.constantFrom('all', 'hour', 'two', 'day'),
      operator: fc.constantFrom('greaterThan', 'lessThan'),
      value: fc.nat(5),
    })
    .map(({ id, operator, value }) => feature(id, operator, value)),
);
const draft: fc.Arbitrary<RuleDraft> = fc
  .record({
    conditions: fc.array(condition, { minLength: 1, maxLength: 3 }),
    isAll: fc.boolean(),
    eventTypes: fc.constantFrom(['a'], ['a', 'b'], ['c']),
    hours: fc.constantFrom(undefined, 1, 8),
    shadow: fc.boolean(),
  })
  .map(({ conditions, isAll, eventTypes, hours, shadow }) => ({
    name: 'Any',
    eventTypes: [...eventTypes],
    conditions: isAll ? { all: conditions } : { any: conditions },
    event: { type: 'any' },
    severity: 'info',
    alert: true,
    ...(hours === undefined ? {} : { suppression: { hours } }),
    ...(shadow ? { shadow } : {}),
  }));

const published = (rule: RuleDraft, id = 'live'): Rule => ({
  ...rule,
  id,
  project: 'demo',
  version: 3,
  publishedAt: '2026-01-01T00:00:00.000Z',
});

const settingOf = (
  candidate: RuleDraft,
  live: RuleDraft | undefined,
  [from, to]: readonly [number, number],
): BacktestSetting => ({
  project: 'demo',
  timeZone: 'Asia/Shanghai',
  partitions: 8,
  ruleId: 'live',
  candidate,
  live: live === undefined ? null : published(live),
  features: [...FEATURES],
  lookups: [],
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

function backtest(setting: BacktestSetting, events: readonly HermesEvent[], options?: BacktestRunOptions) {
  const decisions: Decision[] = [];
  const run = new BacktestRun(setting, { onLive: (decision) => void decisions.push(decision), ...options });
  for (const event of events) run.take(event);
  return { decisions, findings: run.finish(), run };
}

/** What a processor of one partition decides on all of the events. */
function decidedLive(rule: RuleDraft, events: readonly HermesEvent[]): readonly Decision[] {
  const { shadow: _, ...light } = rule;
  const run = new LogicRun(new RuleSet(1, [published(light)], FEATURES));
  return events.flatMap((event) => run.decide(event));
}

const named = ({ event }: Decision): string => event.id;
const counted = (list: readonly Decision[], others: ReadonlySet<string>, has: boolean): number =>
  list.filter((one) => others.has(named(one)) === has).length;

test('on any events, the version in force decides what a processor decided on all of them, and differences are those of two processors', () => {
  const seen = { decisions: 0, more: 0, fewer: 0, same: 0 };
  fc.assert(
    fc.property(pastEvents, draft, draft, (events, candidate, live) => {
      const asLive = decidedLive(live, events);
      const asCandidate = decidedLive(candidate, events);
      const setting = settingOf(candidate, live, [PAST_BEGINS_MS, PAST_BEGINS_MS + 1_000 * 24 * HOUR_MS]);
      const { decisions, findings } = backtest(setting, bySubject(events));
      const comparable = (list: readonly Decision[]) =>
        list
          .map(({ id, features, trace, suppressed }) => ({ id, features, trace, suppressed }))
          .sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(comparable(decisions)).toEqual(comparable(asLive));
      const [ofLive, ofCandidate] = [new Set(asLive.map(named)), new Set(asCandidate.map(named))];
      expect(findings.difference).toEqual({
        more: counted(asCandidate, ofLive, false),
        fewer: counted(asLive, ofCandidate, false),
        same: counted(asLive, ofCandidate, true),
      });
      expect([findings.candidate.hits, findings.live?.hits]).toEqual([asCandidate.length, asLive.length]);
      seen.decisions += decisions.length;
      for (const kind of ['more', 'fewer', 'same'] as const) {
        seen[kind] += findings.difference[kind];
        expect(findings.overTime.reduce((sum, one) => sum + one[kind], 0)).toBe(findings.difference[kind]);
        expect(findings.samples[kind]).toHaveLength(Math.min(50, findings.difference[kind]));
      }
    }),
    { seed: 1, numRuns: 100 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
});

test('values that are kept as they are and values that go through their bytes come to the same', () => {
  fc.assert(
    fc.property(pastEvents, draft, draft, (events, candidate, live) => {
      const setting = settingOf(candidate, live, [PAST_BEGINS_MS + 24 * HOUR_MS, PAST_BEGINS_MS + 96 * HOUR_MS]);
      const past = bySubject(events);
      const slow = backtest(setting, past, { state: () => new ByteState(evaluationCodec) });
      expect(backtest(setting, past).findings).toEqual(slow.findings);
    }),
    { seed: 2, numRuns: 60 },
  );
});

test('a span in the midst sees features as they are with all that came before, though it reads only what they reach back to', () => {
  let cut = 0;
  const asking: RuleDraft = {
    name: 'Asks',
    eventTypes: ['a'],
    conditions: { any: [price('greaterThan', -1), feature('hour', 'equal', -1), feature('two', 'equal', -1)] },
    event: { type: 'asks' },
    severity: 'info',
    alert: false,
  };
  fc.assert(
    fc.property(pastEvents, fc.nat(200), (events, hours) => {
      const span = [PAST_BEGINS_MS + hours * HOUR_MS, PAST_BEGINS_MS + (hours + 60) * HOUR_MS] as const;
      const setting = {
        ...settingOf(asking, asking, span),
        features: FEATURES.filter(({ id }) => id === 'hour' || id === 'two'),
      };
      const { run, decisions } = backtest(setting, []);
      expect(decisions).toEqual([]);
      const readable = events.filter(({ receivedat }) => Date.parse(receivedat) >= run.readFromMs);
      cut += events.length - readable.length;
      const valuesOf = (list: readonly Decision[]) =>
        list.map(({ id, features }) => [id, features?.['hour']?.value, features?.['two']?.value]).sort();
      const inSpan = ({ receivedAt }: Decision): boolean =>
        Date.parse(receivedAt) >= span[0] && Date.parse(receivedAt) < span[1];
      expect(valuesOf(backtest(setting, bySubject(readable)).decisions)).toEqual(
        valuesOf(decidedLive(asking, events).filter(inSpan)),
      );
    }),
    { seed: 3, numRuns: 200 },
  );
  expect(cut).toBeGreaterThan(100);
});

describe('what is told', () => {
  const over = (value: number, more: Partial<RuleDraft> = {}): RuleDraft => ({
    name: 'Over',
    eventTypes: ['a'],
    conditions: { all: [price('greaterThan', value)] },
    event: { type: 'over' },
    severity: 'info',
    alert: true,
    ...more,
  });
  const span = [PAST_BEGINS_MS, PAST_BEGINS_MS + 10 * 24 * HOUR_MS] as const;
  const at = (hour: number, data: Record<string, unknown>, subject = 'broker:b-1', type = 'a'): HermesEvent => {
    const receivedAtMs = PAST_BEGINS_MS + hour * HOUR_MS;
    return hermesEvent({ id: `at-${hour}`, source: '/t', type, subject, timeMs: receivedAtMs, receivedAtMs, data });
  };
  const findings = (candidate: RuleDraft, live: RuleDraft | undefined, ...events: HermesEvent[]): BacktestFindings =>
    backtest(settingOf(candidate, live, span), events).findings;

  test('a sample says why the one fired and why the other did not', () => {
    const { samples, difference } = findings(over(3), over(5), at(1, { price: 4 }), at(2, { price: 9 }));
    expect(difference).toEqual({ more: 1, fewer: 0, same: 1 });
    expect(samples['more']![0]).toMatchObject({
      subject: 'broker:b-1',
      event: { id: 'at-1', data: { price: 4 } },
      trace: [{}, { outcome: 'true', expected: 3 }],
      other: [{}, { outcome: 'false', expected: 5, actual: 4 }],
      otherSuppressed: false,
    });
    expect(samples['same']![0]).toMatchObject({ event: { id: 'at-2' }, other: [] });
  });

  test('what a suppression alone keeps back is said to be suppressed', () => {
    const { samples, difference, candidate, live } = findings(
      over(3, { suppression: { hours: 2 } }),
      over(3),
      at(1, { price: 4 }),
      at(2, { price: 4 }),
    );
    expect(difference).toEqual({ more: 0, fewer: 1, same: 1 });
    expect(samples['fewer']![0]).toMatchObject({ event: { id: 'at-2' }, other: [], otherSuppressed: true });
    expect([candidate, live]).toEqual([
      { hits: 1, suppressed: 1, undecided: 0 },
      { hits: 2, suppressed: 0, undecided: 0 },
    ]);
  });

  test('a suppression that is under way when the span begins goes on', () => {
    const once = over(3, { suppression: { hours: 2 } });
    const { candidate, events } = findings(once, undefined, at(-1, { price: 4 }), at(0.5, { price: 4 }));
    expect(candidate).toEqual({ hits: 0, suppressed: 1, undecided: 0 });
    expect(events).toEqual({ read: 2, lookedAt: 1 });
  });

  test('a suppression began by features that were whole then, however long their windows', () => {
    const month = featureOf({ compute: { kind: 'count' }, window: { kind: 'sliding', length: '30d' } }, 'month', 1);
    const rule = over(0, { conditions: { all: [feature('month', 'greaterThan', 9)] }, suppression: { days: 7 } });
    const day = 24;
    const hours = [
      ...Array.from({ length: 9 }, (_, i) => -33.5 * day + i / 100),
      // Here it fires, for what is still in the window then.
      -5 * day,
      ...Array.from({ length: 8 }, (_, i) => -day + i / 100),
      12,
    ];
    const run = new BacktestRun({ ...settingOf(rule, undefined, span), features: [month] });
    for (const hour of hours) run.take(at(hour, {}));
    expect(run.finish().candidate).toEqual({ hits: 0, suppressed: 1, undecided: 0 });
  });

  test('without a version in force everything is more', () => {
    const { live, difference } = findings(over(3), undefined, at(1, { price: 4 }));
    expect([live, difference]).toEqual([null, { more: 1, fewer: 0, same: 0 }]);
  });

  test('what cannot be decided is counted, and hits nothing', () => {
    const { candidate } = findings(
      over(3, { conditions: { all: [{ fact: 'event', path, operator: 'in', value: { fact: 'event', path } }] } }),
      undefined,
      at(1, { price: 4 }),
    );
    expect(candidate).toEqual({ hits: 0, suppressed: 0, undecided: 1 });
  });

  test('days are those of the project, and the busiest subjects come first', () => {
    const { overTime, subjects, per } = findings(
      over(0),
      undefined,
      // 16:00 UTC is midnight in Shanghai.
      at(15.9, { price: 1 }, 'broker:b-1'),
      at(16, { price: 1 }, 'broker:b-2'),
      at(17, { price: 1 }, 'broker:b-2'),
    );
    expect(per).toBe('day');
    expect(overTime).toEqual([
      { from: '2026-02-28T16:00:00.000Z', more: 1, fewer: 0, same: 0 },
      { from: '2026-03-01T16:00:00.000Z', more: 2, fewer: 0, same: 0 },
    ]);
    expect(subjects).toEqual([
      { subject: 'broker:b-2', candidate: 2, live: 0 },
      { subject: 'broker:b-1', candidate: 1, live: 0 },
    ]);
  });

  test('of many hits the latest are shown', () => {
    const events = Array.from({ length: 130 }, (_, i) =>
      at((i * 37) % 130, { price: 1 }, `broker:b-${String(i).padStart(3, '0')}`),
    );
    const { samples } = findings(over(0), undefined, ...events);
    expect(samples['more']!.map(({ event }) => event.id)).toEqual(
      Array.from({ length: 50 }, (_, i) => `at-${129 - i}`),
    );
  });

  test('data of an event that is too large are not shown', () => {
    const { samples } = findings(over(0), undefined, at(1, { price: 1, text: 'x'.repeat(5_000) }));
    expect(samples['more']![0]!.event.data).toBeNull();
  });

  test('what has expired is said', () => {
    const asks = over(3, {
      conditions: { all: [feature('all', 'greaterThan', 1), feature('two', 'greaterThan', 1)] },
      suppression: { hours: 1 },
    });
    const { run } = backtest(
      { ...settingOf(asks, asks, span), features: FEATURES.filter(({ id }) => id !== 'hour' && id !== 'day') },
      [],
    );
    const keptSinceMs = PAST_BEGINS_MS + 24 * HOUR_MS;
    const since = new Date(keptSinceMs).toISOString();
    expect(run.notes(keptSinceMs)).toEqual([
      { code: 'history-begins', since },
      { code: 'feature-not-whole', feature: 'all', wholeFrom: null },
      { code: 'feature-not-whole', feature: 'two', wholeFrom: expect.stringMatching(/^2026-03-04T0[01]/) },
      { code: 'memory-begins-anew', since },
      { code: 'suppression-may-be-out-of-step' },
    ]);
    expect(run.notes(PAST_BEGINS_MS - 1_000 * 24 * HOUR_MS)).toEqual([
      { code: 'feature-not-whole', feature: 'all', wholeFrom: null },
      { code: 'suppression-may-be-out-of-step' },
    ]);
  });

  test('a version that came into force within the span is said to be younger', () => {
    const setting = settingOf(over(3), over(3), span);
    const live = { ...setting.live!, publishedAt: '2026-03-05T00:00:00.000Z' };
    const { run } = backtest({ ...setting, features: [], live }, []);
    expect(run.notes(0)).toEqual([{ code: 'live-is-younger', since: '2026-03-05T00:00:00.000Z' }]);
  });

  test('what would take too much memory is refused', () => {
    const events = Array.from({ length: 2_048 }, (_, i) => at(i / 100, { price: i % 7 }));
    const setting = settingOf(over(3, { conditions: { all: [feature('all', 'lessThan', 0)] } }), undefined, span);
    expect(() => backtest(setting, events, { maxHeld: 1 })).toThrow(TooMuchToHoldError);
    expect(() => backtest(setting, events)).not.toThrow();
  });
});
