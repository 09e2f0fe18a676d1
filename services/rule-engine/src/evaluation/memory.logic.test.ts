/** Guards: facts with a memory decide live as their definitions say, whatever the number of partitions, and forget what they have to. */
import type { HermesEvent } from '@hermes/contracts/event';
import type { Condition, Rule } from '@hermes/contracts/rule';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { describe, expect, test } from 'vitest';
import { TimedRun } from '../testing/timed-run.ts';
import { type RuleSet, ruleSetOf } from './rule-set.ts';

const START = Date.UTC(2026, 2, 2, 9);
const MINUTE = 60_000;

const ruleOf = (id: string, conditions: Condition, eventTypes: readonly string[], more: Partial<Rule> = {}): Rule => ({
  id,
  project: 'demo',
  name: id,
  version: 1,
  eventTypes: [...eventTypes],
  conditions,
  event: { type: id },
  severity: 'info',
  alert: false,
  publishedAt: '2026-03-01T00:00:00.000Z',
  ...more,
});
const setOf = (...rules: readonly Rule[]): RuleSet =>
  ruleSetOf(
    1,
    rules.map((one) => ({ id: one.id, value: Buffer.from(JSON.stringify(one)) })),
  );

let sent = 0;
const at = (minute: number, type: string, data: Record<string, unknown> = {}, subject = 'broker:b-1'): HermesEvent => {
  const instant = new Date(START + minute * MINUTE).toISOString();
  return sampleEvent('demo', { id: `e-${String(sent++)}`, type, subject, time: instant, receivedat: instant, data });
};

const SEQUENCE = {
  first: { type: 'appointment.created' },
  then: { type: 'deal.signed' },
  without: { type: 'showing.held' },
  within: { hours: 2 },
  same: ['$.data.appointmentId'],
};
const signedUnseen = ruleOf(
  'signed-unseen',
  { all: [{ fact: 'sequence', params: SEQUENCE, operator: 'equal', value: true }] },
  ['deal.signed'],
);
const ABSENCE = {
  after: { type: 'customer.called' },
  no: { type: 'customer.visited' },
  within: { hours: 1 },
};
const uncalled = ruleOf(
  'not-visited',
  {
    all: [
      { fact: 'absence', params: ABSENCE, operator: 'equal', value: true },
      { fact: 'event', path: '$.data.durationS', operator: 'greaterThan', value: 10 },
    ],
  },
  ['customer.called'],
);

describe.each([1, 8])('on %i partitions', (partitions) => {
  test('a sequence fires on the event that completes it, and says what it goes back to', () => {
    const run = new TimedRun(setOf(signedUnseen), partitions);
    const first = at(0, 'appointment.created', { appointmentId: 'a-1' });
    expect(run.send(first)).toEqual([]);
    expect(run.send(at(10, 'deal.signed', { appointmentId: 'a-2' }))).toEqual([]);
    expect(run.send(at(11, 'deal.signed', { appointmentId: 'a-1' }, 'broker:b-2'))).toEqual([]);
    const [decision] = run.send(at(20, 'deal.signed', { appointmentId: 'a-1' }));
    expect(decision).toMatchObject({ ruleId: 'signed-unseen', subject: 'broker:b-1' });
    expect(decision!.trace[1]).toMatchObject({
      fact: 'sequence',
      actual: true,
      seen: [{ id: first.id, type: 'appointment.created', time: first.time }],
    });
    run.send(at(30, 'showing.held', { appointmentId: 'a-1' }));
    expect(run.send(at(40, 'deal.signed', { appointmentId: 'a-1' }))).toEqual([]);
    expect(run.dead).toEqual([]);
  });

  test('an absence fires by its timer, once, on the event that waited, asking the rest of the rule of that event', () => {
    const run = new TimedRun(setOf(uncalled), partitions);
    const waited = at(0, 'customer.called', { durationS: 40 }, 'customer:c-1');
    run.send(waited);
    run.send(at(1, 'customer.called', { durationS: 5 }, 'customer:c-2'));
    run.send(at(2, 'customer.called', { durationS: 50 }, 'customer:c-3'));
    run.send(at(59, 'customer.visited', {}, 'customer:c-3'));
    expect(run.decisions).toEqual([]);
    expect(run.pass(START + 60 * MINUTE)).toEqual([]);
    const [decision, ...others] = run.pass(START + 300 * MINUTE);
    expect(others).toEqual([]);
    expect(decision).toMatchObject({
      ruleId: 'not-visited',
      subject: 'customer:c-1',
      event: { id: waited.id, data: { durationS: 40 } },
      receivedAt: new Date(START + 60 * MINUTE).toISOString(),
    });
    expect(run.timerCount()).toBe(0);
  });
});
