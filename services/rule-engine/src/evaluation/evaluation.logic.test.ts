import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { Decision } from '@hermes/contracts/decision';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import type { Rule } from '@hermes/contracts/rule';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import type { DeadLetterReason, OutputMessage, StepContext } from '@hermes/stream-runtime/logic';
import { describe, expect, test } from 'vitest';
import { LogicRun, NOBODY, PARTITIONS as partitions } from '../testing/logic-run.ts';
import { evaluationLogic } from './evaluation.logic.ts';
import type { EvaluationState } from './evaluation-state.ts';
import { type RuleSet, ruleSetOf } from './rule-set.ts';

const subject = 'broker:b-1';
const home = partitionOf(subject, partitions);
const rule: Rule = {
  id: 'big',
  project: 'demo',
  name: 'Big',
  version: 2,
  eventTypes: ['deal.signed'],
  conditions: { all: [{ fact: 'event', path: '$.data.price', operator: 'greaterThan', value: 5 }] },
  event: { type: 'big-deal' },
  severity: 'critical',
  alert: true,
  publishedAt: '2026-03-01T00:00:00.000Z',
};
const setOf = (...members: readonly Rule[]): RuleSet =>
  ruleSetOf(
    1,
    members.map((one) => ({ id: one.id, value: Buffer.from(JSON.stringify(one)) })),
  );
const rules = setOf(rule);

const recordOf = (value: string | null, headers: Record<string, string> = {}): KafkaRecord => ({
  topic: 'demo.events',
  partition: home,
  offset: 7,
  key: Buffer.from(subject),
  value: value === null ? null : Buffer.from(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
  timestampMs: 0,
});
const event = sampleEvent('demo', { id: 'e-1', subject, data: { price: 6 } });
const eventRecord = recordOf(JSON.stringify(event), {
  [EVENT_HEADERS.type]: event.type,
  [EVENT_HEADERS.acceptedAt]: '2026-03-01T00:00:00.005Z',
});

/** Runs the logic on one record and answers what it did. */
function run(record: KafkaRecord) {
  const emitted: OutputMessage[] = [];
  const dead: DeadLetterReason[] = [];
  const evaluated: number[] = [];
  const context = {
    project: 'demo',
    partition: home,
    partitions,
    definitions: rules,
    definitionsVersion: 1,
    wallMs: Date.parse('2026-03-01T00:00:00.010Z'),
    emit: (message: OutputMessage) => void emitted.push(message),
    deadLetter: (reason: DeadLetterReason) => void dead.push(reason),
  } as unknown as StepContext<EvaluationState, RuleSet>;
  const logic = evaluationLogic({ ...NOBODY, onEvaluated: (count) => void evaluated.push(count) });
  expect(logic.keysOf(record, context)).toEqual([]);
  logic.onRecord(record, context);
  return { emitted, dead: dead.map(({ code }) => code), evaluated };
}

describe('one record', () => {
  test('gives a decision in its own partition, keyed by the subject, with headers to skip by', () => {
    const { emitted, dead, evaluated } = run(eventRecord);
    expect([dead, evaluated]).toEqual([[], [1]]);
    expect(emitted).toHaveLength(1);
    const decision = Decision.parse(JSON.parse(String(emitted[0]!.value)));
    expect(decision).toMatchObject({
      ruleId: 'big',
      ruleVersion: 2,
      acceptedAt: '2026-03-01T00:00:00.005Z',
      decidedAt: '2026-03-01T00:00:00.010Z',
      receivedAt: event.receivedat,
    });
    expect(emitted[0]).toMatchObject({
      topic: 'demo.decisions',
      partition: home,
      key: subject,
      headers: { hermes_decision: decision.id, hermes_rule: 'big', hermes_alert: 'true', hermes_severity: 'critical' },
    });
  });

  test('of a type that no rule looks at is skipped by its header, unread', () => {
    expect(run(recordOf('not even JSON', { [EVENT_HEADERS.type]: 'listing.viewed' }))).toEqual({
      emitted: [],
      dead: [],
      evaluated: [],
    });
  });

  test('without an acceptance instant counts as accepted when it was received', () => {
    const [message] = run(recordOf(JSON.stringify(event), { [EVENT_HEADERS.type]: event.type })).emitted;
    expect(Decision.parse(JSON.parse(String(message!.value))).acceptedAt).toBe(event.receivedat);
  });

  test.each([
    ['is not JSON', recordOf('{'), 'not-json'],
    ['has no value', recordOf(null), 'not-an-event'],
    ['is no event', recordOf('{"id":"e"}'), 'not-an-event'],
    ['has no type in its headers', recordOf(JSON.stringify(event)), 'wrong-header'],
    ['has another key than its subject', { ...eventRecord, key: Buffer.from('broker:b-2') }, 'wrong-key'],
    [
      'has another type than its header says',
      recordOf(JSON.stringify({ ...event, type: 'listing.viewed' }), { [EVENT_HEADERS.type]: event.type }),
      'wrong-header',
    ],
    ['belongs to another project', recordOf(JSON.stringify({ ...event, project: 'other' })), 'wrong-project'],
  ])('that %s is a dead letter', (_, record, code) => {
    expect(run(record)).toEqual({ emitted: [], dead: [code], evaluated: [] });
  });
});

test('a set with a member that is no rule is refused, so that the set before it stays in force', () => {
  expect(() => ruleSetOf(1, [{ id: 'x', value: Buffer.from('{"id":"x"}') }])).toThrow();
});

describe('a rule with a suppression', () => {
  const once: Rule = { ...rule, id: 'once', suppression: { minutes: 10 } };
  const set = setOf(once, rule);
  const at = (minute: number, second = 0): string => new Date(Date.UTC(2026, 2, 1, 0, minute, second)).toISOString();

  /** Runs the logic on events, and answers what each decided. */
  function decideOn(receivedAt: readonly string[], definitions = set) {
    let suppressed = 0;
    const run = new LogicRun(definitions, { onSuppressed: (count) => void (suppressed += count) });
    const decided = receivedAt.map((receivedat, i) =>
      run
        .decide({ ...event, id: `e-${i}`, receivedat })
        .map(({ ruleId, suppressed: before }) => (before === undefined ? ruleId : `${ruleId} after ${before}`)),
    );
    return { decided, suppressed, ttlsMs: run.ttlsMs, keys: [...run.stored.keys()] };
  }

  test('fires once for a subject in its period, which begins when it fires, and says what it left out', () => {
    const { decided, suppressed } = decideOn([at(0), at(1), at(9, 59), at(10), at(19), at(30)]);
    expect(decided).toEqual([
      ['big', 'once'],
      ['big'],
      ['big'],
      ['big', 'once after 2'],
      ['big'],
      ['big', 'once after 1'],
    ]);
    expect(suppressed).toBe(3);
  });

  test('goes by the receipt of events, so that one that comes late is suppressed as it would have been', () => {
    expect(decideOn([at(5), at(1), at(15)]).decided).toEqual([['big', 'once'], ['big'], ['big', 'once after 1']]);
  });

  test('remembers for a day longer than its period, for partitions that are behind', () => {
    expect(decideOn([at(0), at(4)]).ttlsMs).toEqual([24 * 3_600_000 + 600_000, 24 * 3_600_000 + 360_000]);
  });

  test('keeps no subject in the clear', () => {
    const { keys } = decideOn([at(0)]);
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toContain('b-1');
  });

  test('without one, no state is read or written', () => {
    expect(decideOn([at(0), at(1)], rules)).toMatchObject({ decided: [['big'], ['big']], keys: [], ttlsMs: [] });
  });
});

describe('a rule in the shadow', () => {
  const shadow: Rule = { ...rule, id: 'dark', shadow: true };
  const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 0, minute)).toISOString();

  test('decides on live events without an alert, and is counted apart', () => {
    let [light, dark] = [0, 0];
    const run = new LogicRun(setOf(shadow, rule), {
      onEvaluated: (_, decisions) => void (light += decisions),
      onShadow: (decisions) => void (dark += decisions),
    });
    const made = run.decide(event);
    expect(made.map(({ ruleId, alert, shadow: isShadow }) => [ruleId, alert, isShadow])).toEqual([
      ['big', true, undefined],
      ['dark', false, true],
    ]);
    expect([light, dark]).toEqual([1, 1]);
  });

  test('says so in a header, so that a reader skips it without parsing', () => {
    const headersOf = (set: RuleSet): readonly unknown[] => {
      const headers: unknown[] = [];
      const context = {
        project: 'demo',
        partition: home,
        partitions,
        definitions: set,
        wallMs: 0,
        emit: (message: OutputMessage) => void headers.push(message.headers?.['hermes_shadow']),
      } as unknown as StepContext<EvaluationState, RuleSet>;
      evaluationLogic(NOBODY).onRecord(eventRecord, context);
      return headers;
    };
    expect([headersOf(setOf(shadow)), headersOf(setOf(rule))]).toEqual([['true'], [undefined]]);
  });

  test('suppresses nothing that it does once it is live', () => {
    const once = { suppression: { hours: 1 } };
    const dark = new LogicRun(setOf({ ...shadow, ...once }));
    expect(dark.decide({ ...event, receivedat: at(0) })).toHaveLength(1);
    expect(dark.decide({ ...event, receivedat: at(1) })).toHaveLength(0);
    const live = new LogicRun(setOf({ ...shadow, ...once, shadow: false }));
    for (const [key, bytes] of dark.stored) live.stored.set(key, bytes);
    expect(live.decide({ ...event, receivedat: at(2) })).toHaveLength(1);
  });
});
