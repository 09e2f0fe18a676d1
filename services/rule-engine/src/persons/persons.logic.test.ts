/** Guards: a person is what was told by earlier events, in order, once; never of the event in hand or a later one, however far a partition is behind. */
import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { OUTBOX_HEADERS } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import type { ProfileChange } from '@hermes/contracts/profile-change';
import type { Rule } from '@hermes/contracts/rule';
import { hermesEvent } from '@hermes/profiles/testing/features';
import type { PlainEvent } from '@hermes/profiles/testing/recompute';
import { personName } from '@hermes/rules/person-fact';
import { describe, expect, test } from 'vitest';
import { RuleSet } from '../evaluation/rule-set.ts';
import { TimedRun } from '../testing/timed-run.ts';
import { forgetToldInjection } from './erase-persons.ts';
import { loseChanges, NotYetError, takeChanges } from './take-changes.ts';

const SUBJECT = 'broker:b-1';
const START = Date.UTC(2026, 2, 1);
const minute = (n: number): number => START + n * 60_000;

const ruleOf = (more: Partial<Rule> = {}): Rule => ({
  id: 'busy',
  project: 'demo',
  version: 1,
  name: 'Busy',
  eventTypes: ['a'],
  conditions: { all: [{ fact: 'person', params: { feature: 'showings' }, operator: 'greaterThan', value: 2 }] },
  event: { type: 'busy' },
  severity: 'info',
  alert: false,
  publishedAt: new Date(START).toISOString(),
  ...more,
});

const eventAt = (n: number, more: Partial<PlainEvent> = {}) =>
  hermesEvent({
    id: `e-${n}`,
    source: '/test',
    type: 'a',
    subject: SUBJECT,
    timeMs: minute(n),
    receivedAtMs: minute(n),
    data: { device: 'd-1' },
    ...more,
  });

/** The change that tells of `value` because of the event `n`, which stands at that offset. */
function changeOf(value: unknown, n: number, more: Partial<ProfileChange> = {}, sequence = n + 1): KafkaRecord {
  const change: ProfileChange = {
    project: 'demo',
    subject: SUBJECT,
    feature: 'showings',
    value: { value, version: 1, interval: { from: null, to: null } },
    cause: { id: `e-${n}`, source: '/test', type: 'b', receivedAt: new Date(minute(n)).toISOString(), offset: n },
    ...more,
  };
  return {
    topic: 'demo.profile-changes',
    partition: 0,
    offset: sequence,
    key: Buffer.from(change.subject),
    value: Buffer.from(JSON.stringify(change)),
    headers: {
      [OUTBOX_HEADERS.origin]: Buffer.from('profile-store/demo/0/x'),
      [OUTBOX_HEADERS.sequence]: Buffer.from(String(sequence)),
    },
    timestampMs: minute(n),
  };
}

/** Takes what can be taken. @returns how many records */
function take(run: TimedRun, records: readonly KafkaRecord[], nextOffset = Infinity, subject = SUBJECT): number {
  let taken = 0;
  const injection = takeChanges(records, (count) => (taken = count));
  try {
    run.inject(subject, injection, nextOffset);
  } catch (error) {
    if (!(error instanceof NotYetError)) throw error;
  }
  return taken;
}

const fires = (run: TimedRun, n: number, more: Partial<PlainEvent> = {}): boolean =>
  run.send(eventAt(n, more)).length > 0;

test('a rule fires by what was last told, and its decision says because of which event', () => {
  const run = new TimedRun(new RuleSet(1, [ruleOf()], []));
  expect(fires(run, 1)).toBe(false);
  expect(take(run, [changeOf(2, 1), changeOf(3, 2)])).toBe(2);
  const [decision] = run.send(eventAt(3));
  expect(decision?.person).toMatchObject([
    { feature: 'showings', value: 3, version: 1, cause: { id: 'e-2', type: 'b' } },
  ]);
  take(run, [changeOf(1, 4)]);
  expect(fires(run, 5)).toBe(false);
});

test('a change waits until the event that it comes from has been evaluated, and holds up those behind it', () => {
  const run = new TimedRun(new RuleSet(1, [ruleOf()], []));
  const records = [changeOf(5, 1), changeOf(6, 3), changeOf(7, 2)];
  expect(take(run, records, 1)).toBe(0);
  expect(fires(run, 1)).toBe(false);
  expect(take(run, records, 2)).toBe(1);
  expect(fires(run, 2)).toBe(true);
  expect(take(run, records, 4)).toBe(3);
});

test('a change of a feature by another key waits for no event', () => {
  const run = new TimedRun(new RuleSet(1, [ruleOf()], []));
  const cause = { id: 'x', source: '/test', type: 'b', receivedAt: new Date(minute(9)).toISOString() };
  expect(take(run, [changeOf(5, 9, { cause })], 0)).toBe(1);
  expect(fires(run, 1)).toBe(true);
});

test('what an outbox sends again, and what was read before, changes nothing', () => {
  const run = new TimedRun(new RuleSet(1, [ruleOf()], []));
  const [older, newer] = [changeOf(5, 1), changeOf(1, 2)];
  take(run, [older, newer]);
  // Read again from before, as after a crash; and sent again at a later offset.
  expect(take(run, [older, newer])).toBe(2);
  expect(take(run, [{ ...older, offset: 77 }])).toBe(1);
  expect(fires(run, 3)).toBe(false);
});

test.each<[string, KafkaRecord]>([
  ['of a version that is still being filled', changeOf(5, 1, { unanswered: true })],
  ['that is no JSON', { ...changeOf(5, 1), value: Buffer.from('no') }],
  ['that is none', { ...changeOf(5, 1), value: Buffer.from('{"subject": 1}') }],
  ['without a value', { ...changeOf(5, 1), value: null }],
])('a record %s is passed over', (_, record) => {
  const run = new TimedRun(new RuleSet(1, [ruleOf()], []));
  expect(take(run, [record])).toBe(1);
  expect(fires(run, 2)).toBe(false);
});

describe('what was told before a rule asked for it without a break', () => {
  const name = personName({ kind: 'feature', id: 'showings' });
  const since = (n: number): Partial<Rule> => ({ rememberedSince: { [name]: new Date(minute(n)).toISOString() } });
  test.each<[string, readonly Rule[], boolean]>([
    ['is void', [ruleOf(since(5))], false],
    ['holds for a rule that has asked for longer', [ruleOf(since(4))], true],
    ['holds where another rule has asked all the time', [ruleOf(since(5)), ruleOf({ id: 'other', ...since(3) })], true],
  ])('%s', (_, rules, expected) => {
    const run = new TimedRun(new RuleSet(1, rules, []));
    take(run, [changeOf(5, 4)]);
    expect(fires(run, 6)).toBe(expected);
  });
});

test('after changes were lost nothing is known until it is told again', () => {
  const run = new TimedRun(new RuleSet(1, [ruleOf()], []));
  take(run, [changeOf(5, 1)]);
  run.inject(SUBJECT, loseChanges(50));
  expect(fires(run, 2)).toBe(false);
  run.inject(SUBJECT, loseChanges(50));
  take(run, [changeOf(5, 60)]);
  expect(fires(run, 61)).toBe(true);
});

test('what was told of an erased person is gone, and so is what was on its way', () => {
  const run = new TimedRun(new RuleSet(1, [ruleOf()], []));
  take(run, [changeOf(5, 1)]);
  const removed: number[] = [];
  for (let i = 0; i < 2; i++)
    run.inject(
      SUBJECT,
      forgetToldInjection(SUBJECT, minute(2), (count) => removed.push(count)),
    );
  expect(removed).toEqual([1, 0]);
  take(run, [changeOf(5, 2)]);
  expect(fires(run, 3)).toBe(false);
  take(run, [changeOf(5, 4)]);
  expect(fires(run, 5)).toBe(true);
});

test.each([1, 8])('a rule by another key knows the person of the event, on %i partitions', (partitions) => {
  const rule = ruleOf({ key: { entity: 'device', path: '$.data.device' } });
  const run = new TimedRun(new RuleSet(1, [rule], []), partitions);
  const told = [0, 1, 2, 3].map((i) => `broker:b-${i}`);
  for (const [i, subject] of told.entries()) take(run, [changeOf(i, 1, { subject }, i + 1)], Infinity, subject);
  const fired = told.flatMap((subject, i) =>
    run.send(eventAt(i + 2, { subject })).map((decision) => [decision.subject, decision.key]),
  );
  expect(fired).toEqual([['broker:b-3', 'device:d-1']]);
});

test('a rule that time decides knows what was told by then', () => {
  const absence = { after: { type: 'a' }, no: { type: 'b' }, within: { minutes: 5 } };
  const rule = ruleOf({
    conditions: {
      all: [
        { fact: 'absence', params: absence, operator: 'equal', value: true },
        { fact: 'person', params: { feature: 'showings' }, operator: 'greaterThan', value: 2 },
      ],
    },
  });
  const run = new TimedRun(new RuleSet(1, [rule], []));
  expect(fires(run, 1)).toBe(false);
  take(run, [changeOf(3, 1)]);
  const decisions = run.pass(minute(10));
  expect(decisions.map(({ person }) => person?.[0]?.value)).toEqual([3]);
});

test('partitions are by subject, so a change is where its events are', () => {
  const partitions = 8;
  const run = new TimedRun(new RuleSet(1, [ruleOf()], []), partitions);
  for (let i = 0; i < 40; i++) {
    const subject = `broker:b-${i}`;
    expect(changeOf(i, 1, { subject }).key?.toString()).toBe(subject);
    take(run, [changeOf(i % 5, i + 1, { subject })], Infinity, subject);
    expect([partitionOf(subject, partitions), fires(run, i + 2, { subject })]).toEqual([
      partitionOf(subject, partitions),
      i % 5 > 2,
    ]);
  }
});

describe('a segment', () => {
  const rule = ruleOf({
    conditions: { all: [{ fact: 'person', params: { segment: 'vip' }, operator: 'equal', value: true }] },
    // It was told before the rule was there.
    publishedAt: new Date(minute(50)).toISOString(),
  });
  const moved = (change: 'entered' | 'left', n: number): KafkaRecord => {
    const record = changeOf(null, n);
    const { project, subject, cause } = JSON.parse(String(record.value)) as ProfileChange;
    return {
      ...record,
      value: Buffer.from(JSON.stringify({ project, subject, segment: 'vip', version: 3, change, cause })),
    };
  };

  test('is known of who has entered it, and not left it, whenever that was', () => {
    const run = new TimedRun(new RuleSet(1, [rule], []));
    expect(fires(run, 1)).toBe(false);
    take(run, [moved('entered', 1)]);
    const [decision] = run.send(eventAt(2));
    expect(decision?.person).toMatchObject([{ segment: 'vip', value: true, version: 3, cause: { id: 'e-1' } }]);
    take(run, [moved('left', 2)]);
    expect(fires(run, 3)).toBe(false);
  });

  test('stays known while nobody asks, and features are told of the person', () => {
    const run = new TimedRun(new RuleSet(1, [], []));
    take(run, [moved('entered', 1), changeOf(5, 900)]);
    run.set = new RuleSet(2, [rule], []);
    expect(fires(run, 901)).toBe(true);
  });
});
