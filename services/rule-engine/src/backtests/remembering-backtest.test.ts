/** Guards: over the past, sequences and absences decide what the processors decide, timers included, and what time decides is held against the same event. */
import type { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import type { Condition, Rule, RuleDraft } from '@hermes/contracts/rule';
import type { BacktestSetting } from '@hermes/contracts/rule-backtest';
import { hermesEvent } from '@hermes/profiles/testing/features';
import { ByteState } from '@hermes/stream-runtime/memory-run/memory-state';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluationCodec } from '../evaluation/evaluation-state.ts';
import { RuleSet } from '../evaluation/rule-set.ts';
import { bySubject, PAST_BEGINS_MS, pastEvents } from '../testing/past-events.ts';
import { TimedRun } from '../testing/timed-run.ts';
import { BacktestRun } from './backtest-run.ts';

const HOUR_MS = 3_600_000;
const END_MS = PAST_BEGINS_MS + 1_000 * 24 * HOUR_MS;

const asks = (fact: 'absence' | 'sequence', params: Record<string, unknown>): Condition => ({
  fact,
  params,
  operator: 'equal',
  value: true,
});
const draftOf = (condition: Condition, more: Partial<RuleDraft> = {}): RuleDraft => ({
  name: 'Any',
  eventTypes: ['a'],
  conditions: { all: [condition, { fact: 'event', path: '$.data.price', operator: 'lessThan', value: 5 }] },
  event: { type: 'any' },
  severity: 'info',
  alert: true,
  ...more,
});
const absence = (hours: number, more?: Partial<RuleDraft>): RuleDraft =>
  draftOf(asks('absence', { after: { type: 'a' }, no: { type: 'b' }, within: { hours } }), more);
const sequence = (hours: number, more?: Partial<RuleDraft>): RuleDraft =>
  draftOf(asks('sequence', { first: { type: 'b' }, then: { type: 'a' }, within: { hours } }), more);

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
  features: [],
  lookups: [],
  from: new Date(PAST_BEGINS_MS).toISOString(),
  to: new Date(END_MS).toISOString(),
});

function processed(rule: RuleDraft, events: readonly HermesEvent[]): readonly Decision[] {
  const run = new TimedRun(new RuleSet(1, [published(rule)], []), 8);
  for (const event of events) run.send(event);
  run.pass(END_MS);
  return run.decisions;
}

const draft = fc
  .oneof(
    fc.record({ hours: fc.integer({ min: 1, max: 20 }), once: fc.boolean(), kind: fc.constantFrom(absence, sequence) }),
  )
  .map(({ hours, once, kind }) => kind(hours, once ? { suppression: { hours: 3 } } : {}));
const comparable = (list: readonly Decision[]) =>
  list.map(({ id, trace, receivedAt }) => ({ id, trace, receivedAt })).sort((a, b) => (a.id < b.id ? -1 : 1));

test('on any events, the version in force decides what processors of 8 partitions decided, and time as live', () => {
  const seen = { decisions: 0, more: 0, fewer: 0, same: 0 };
  fc.assert(
    fc.property(pastEvents, draft, draft, (events, candidate, live) => {
      const [asLive, asCandidate] = [processed(live, events), processed(candidate, events)];
      const decisions: Decision[] = [];
      const run = new BacktestRun(settingOf(candidate, live), { onLive: (one) => void decisions.push(one) });
      const slow = new BacktestRun(settingOf(candidate, live), { state: () => new ByteState(evaluationCodec) });
      for (const event of bySubject(events)) for (const one of [run, slow]) one.take(event);
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
    { seed: 7, numRuns: 80 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(40);
});

test('absences that time decides at different instants are of the same event, and one begun before the span decides within it', () => {
  const at = (hour: number, type: string): HermesEvent => {
    const receivedAtMs = PAST_BEGINS_MS + hour * HOUR_MS;
    const id = `at-${String(hour)}`;
    return hermesEvent({
      id,
      source: '/t',
      type,
      subject: 'broker:b-1',
      timeMs: receivedAtMs,
      receivedAtMs,
      data: { price: 1 },
    });
  };
  const run = new BacktestRun(settingOf(absence(2), absence(5)));
  for (const event of [at(-4, 'a'), at(10, 'a'), at(20, 'a'), at(23, 'b'), at(30, 'a')]) run.take(event);
  const { difference, samples } = run.finish();
  expect(difference).toEqual({ more: 1, fewer: 1, same: 2 });
  expect(samples['fewer']!.map(({ event }) => event.id)).toEqual(['at--4']);
  expect(samples['more']!.map(({ event }) => event.id)).toEqual(['at-20']);
});
