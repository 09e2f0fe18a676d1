/** Guards: facts with a memory decide live as their definitions say, whatever the number of partitions, and forget what they have to. */
import type { HermesEvent } from '@hermes/contracts/event';
import type { Condition, Rule } from '@hermes/contracts/rule';
import { memoryDefinitionOf } from '@hermes/rules/memory/memory-definition';
import { templateDraft } from '@hermes/rules/templates/rule-template';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TimedRun } from '../testing/timed-run.ts';
import { forgetInjection } from './erase-memories.ts';
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

  test('more than three no-shows in a week, from the template as it is, fire one decision, with what was found', () => {
    const made = templateDraft(
      'no-show',
      { atLeast: 4, withinDays: 7 },
      { placesOf: () => undefined, timeZone: 'Asia/Shanghai', language: 'en' },
    );
    if (made.kind === 'rejected') throw new Error(JSON.stringify(made.problems));
    const { draft } = made;
    const run = new TimedRun(setOf(ruleOf('no-shows', draft.conditions, draft.eventTypes, draft)), partitions);
    const day = 24 * 60;
    const booked = (minute: number, n: number, subject = 'broker:b-1'): HermesEvent =>
      at(
        minute,
        'appointment.created',
        {
          appointmentId: `a-${n}`,
          listingId: `l-${n}`,
          customerId: 'c-1',
          startsAt: new Date(START + (minute + 60) * MINUTE).toISOString(),
        },
        subject,
      );
    const came = (minute: number, n: number, subject = 'broker:b-1'): HermesEvent =>
      at(minute, 'showing.checked_in', { showingId: `s-${n}`, appointmentId: `a-${n}`, listingId: `l-${n}` }, subject);
    const events = [
      booked(0, 1),
      booked(day, 2),
      came(day + 61, 2),
      booked(2 * day, 3),
      booked(3 * day, 4),
      booked(3 * day + 1, 44, 'broker:b-2'),
      booked(6 * day, 5),
      booked(6 * day + 1, 6),
    ];
    for (const one of events) run.send(one);
    expect(run.decisions).toEqual([]);
    run.pass(START + 30 * day * MINUTE);
    expect(run.decisions).toHaveLength(1);
    const [decision] = run.decisions;
    expect(decision).toMatchObject({
      subject: 'broker:b-1',
      event: { id: events[6]!.id },
      receivedAt: new Date(START + (6 * day + 90) * MINUTE).toISOString(),
      findings: [{ kind: 'no-show', concerns: ['broker:b-1', 'appointment:a-5', 'listing:l-5'] }],
    });
    expect(run.dead).toEqual([]);
  });

  test('impossible travel fires on the position that shows it, with its line for a map, whose places are converted', () => {
    const made = templateDraft(
      'impossible-travel',
      {},
      {
        placesOf: () => [{ name: 'position', longitude: 'lng', latitude: 'lat', system: 'GCJ-02' }],
        timeZone: 'Asia/Shanghai',
        language: 'zh',
      },
    );
    if (made.kind === 'rejected') throw new Error(JSON.stringify(made.problems));
    const { draft } = made;
    const run = new TimedRun(setOf(ruleOf('travel', draft.conditions, draft.eventTypes, draft)), partitions);
    const fix = (minute: number, lat: number): HermesEvent =>
      at(minute, 'broker.location', { lng: 116.4, lat, accuracyM: 8 });
    for (const one of [fix(0, 39.9), fix(1, 39.9), fix(2, 40.9)]) run.send(one);
    const [decision, ...others] = run.send(fix(3, 40.9));
    expect(others).toEqual([]);
    expect(decision?.findings).toMatchObject([
      { kind: 'impossible-travel', shapes: [{ type: 'Point' }, { type: 'Point' }, { type: 'LineString' }] },
    ]);
    expect(decision!.findings![0]!.reason.zh).toContain('公里');
    // Some hundred metres from what the phone says on a Chinese map.
    const shape = decision!.findings![0]!.shapes[0]!;
    expect(shape.type === 'Point' && Math.abs(shape.coordinates[0] - 116.4) > 0.001).toBe(true);
  });

  test('one device for two brokers is found by a rule that goes by the device', () => {
    const made = templateDraft(
      'shared-device',
      {},
      { placesOf: () => undefined, timeZone: 'Asia/Shanghai', language: 'en' },
    );
    if (made.kind === 'rejected') throw new Error(JSON.stringify(made.problems));
    const { draft } = made;
    const run = new TimedRun(setOf(ruleOf('shared', draft.conditions, draft.eventTypes, draft)), partitions);
    const fix = (minute: number, deviceId: string, subject: string): HermesEvent =>
      at(minute, 'broker.location', { longitude: 116.4, latitude: 39.9, deviceId }, subject);
    run.send(fix(0, 'd-1', 'broker:b-1'));
    run.send(fix(1, 'd-2', 'broker:b-3'));
    const [decision] = run.send(fix(2, 'd-1', 'broker:b-2'));
    expect(decision).toMatchObject({ subject: 'broker:b-2', key: 'device:d-1', findings: [{ kind: 'shared-device' }] });
    expect(run.decisions).toHaveLength(1);
  });

  test('an absence of a rule that goes by another key waits at that key', () => {
    const rule = { ...uncalled, key: { entity: 'listing', path: '$.data.listing' } };
    const run = new TimedRun(setOf(rule), partitions);
    run.send(at(0, 'customer.called', { durationS: 20, listing: 'l-1' }, 'customer:c-1'));
    run.send(at(1, 'customer.called', { durationS: 20, listing: 'l-2' }, 'customer:c-2'));
    run.send(at(5, 'customer.visited', { listing: 'l-2' }, 'customer:c-9'));
    const decisions = run.pass(START + 100 * MINUTE);
    expect(decisions.map(({ subject, key }) => [subject, key])).toEqual([['customer:c-1', 'listing:l-1']]);
  });
});

test('any events give the same decisions on 1 and on 8 partitions', () => {
  const rules = setOf(
    signedUnseen,
    { ...uncalled, suppression: { hours: 3 } },
    {
      ...ruleOf('by-listing', { all: [{ fact: 'absence', params: ABSENCE, operator: 'equal', value: true }] }, [
        'customer.called',
      ]),
      key: { entity: 'listing', path: '$.data.listing' },
    },
  );
  const story = fc.array(
    fc.record({
      type: fc.constantFrom(
        'appointment.created',
        'deal.signed',
        'showing.held',
        'customer.called',
        'customer.visited',
        'x',
      ),
      laterMinutes: fc.nat(30),
      subject: fc.constantFrom('broker:b-1', 'broker:b-2', 'customer:c-3'),
      data: fc.record({
        appointmentId: fc.constantFrom('a-1', 'a-2'),
        durationS: fc.nat(30),
        listing: fc.constantFrom('l-1', 'l-2'),
      }),
    }),
    { maxLength: 30 },
  );
  let decisions = 0;
  fc.assert(
    fc.property(story, (list) => {
      let minute = 0;
      const events = list.map(({ laterMinutes, type, data, subject }) =>
        at((minute += laterMinutes), type, data, subject),
      );
      const [one, eight] = [1, 8].map((partitions) => {
        const run = new TimedRun(rules, partitions);
        for (const event of events) run.send(event);
        run.pass(START + 100_000 * MINUTE);
        expect(run.dead).toEqual([]);
        return run.decisions.map(({ id, receivedAt, suppressed }) => `${id} ${receivedAt} ${suppressed}`).sort();
      });
      expect(eight).toEqual(one);
      decisions += one!.length;
    }),
    { numRuns: 300 },
  );
  expect(decisions).toBeGreaterThan(200);
});

describe('while rules change', () => {
  const later = (version: number, more: Partial<Rule> = {}): Rule => ({ ...uncalled, version, ...more });
  const called = (): HermesEvent => at(0, 'customer.called', { durationS: 40 });

  test('the version that is in force when time decides decides, if it asks for the same', () => {
    const run = new TimedRun(setOf(uncalled));
    run.send(called());
    run.set = setOf(later(2, { severity: 'critical' }));
    expect(run.pass(START + 100 * MINUTE)).toMatchObject([{ ruleVersion: 2, severity: 'critical' }]);
  });

  test('a rule that is archived decides nothing by its timers, and nothing of it stays', () => {
    const run = new TimedRun(setOf(uncalled));
    run.send(called());
    run.set = setOf(signedUnseen);
    expect(run.pass(START + 100 * MINUTE)).toEqual([]);
    expect([run.timerCount(), run.keys().filter((key) => key.startsWith('memory '))]).toEqual([0, []]);
    run.set = setOf(later(3));
    expect(run.pass(START + 200 * MINUTE)).toEqual([]);
  });

  test('what was remembered before a time in which the rule was out of force is void: what came then was not seen', () => {
    const id = memoryDefinitionOf('absence', ABSENCE).id;
    const since = (minute: number): Partial<Rule> => ({
      rememberedSince: { [id]: new Date(START + minute * MINUTE).toISOString() },
    });
    const run = new TimedRun(setOf(later(1, since(-10))));
    run.send(called());
    run.set = setOf(signedUnseen);
    run.send(at(5, 'customer.visited'));
    run.set = setOf(later(2, since(30)));
    expect(run.pass(START + 100 * MINUTE)).toEqual([]);
    run.send(at(101, 'customer.called', { durationS: 40 }));
    run.set = setOf(later(3, since(30)));
    expect(run.pass(START + 200 * MINUTE)).toHaveLength(1);
    const again = new TimedRun(setOf(later(1, since(-10))));
    again.send(called());
    again.set = setOf(later(2, since(30)));
    again.send(at(40, 'customer.called', { durationS: 40 }));
    expect(again.pass(START + 300 * MINUTE).map(({ receivedAt }) => Date.parse(receivedAt))).toEqual([
      START + 100 * MINUTE,
    ]);
  });

  test('one that asks for something else begins anew', () => {
    const run = new TimedRun(setOf(uncalled));
    run.send(called());
    const params = { ...ABSENCE, within: { hours: 2 } };
    run.set = setOf(later(2, { conditions: { all: [{ fact: 'absence', params, operator: 'equal', value: true }] } }));
    expect(run.pass(START + 300 * MINUTE)).toEqual([]);
  });

  test('rules that ask for the same share what is remembered', () => {
    const run = new TimedRun(setOf(uncalled, later(1, { id: 'second' })));
    run.send(called());
    expect(run.keys().filter((key) => key.startsWith('memory '))).toHaveLength(1);
    expect(run.pass(START + 100 * MINUTE).map(({ ruleId }) => ruleId)).toEqual(['not-visited', 'second']);
  });
});

describe('an erasure', () => {
  const subject = 'customer:c-1';
  const erased = (run: TimedRun, minute: number, definitions: readonly string[]): unknown[] => {
    const told: unknown[] = [];
    run.inject(
      subject,
      forgetInjection(subject, START + minute * MINUTE, definitions, (outcome) => told.push(outcome)),
    );
    return told;
  };

  test('forgets what is remembered of the subject with its timer, whatever rules are in force, and says what it did not know of', () => {
    const run = new TimedRun(setOf(uncalled, signedUnseen));
    run.send(at(0, 'customer.called', { durationS: 40 }, subject));
    run.send(at(0, 'appointment.created', { appointmentId: 'a-1' }, subject));
    run.send(at(0, 'customer.called', { durationS: 40 }, 'customer:c-2'));
    run.set = setOf();
    const [first] = erased(run, 10, []) as [{ others: readonly string[] }];
    expect(first.others).toHaveLength(2);
    expect(erased(run, 10, first.others)).toEqual([{ removed: 2 }]);
    expect(run.keys().filter((key) => key.startsWith('memory ') && key.includes(subject))).toEqual([]);
    run.set = setOf(uncalled, signedUnseen);
    expect(run.pass(START + 500 * MINUTE).map(({ subject: of }) => of)).toEqual(['customer:c-2']);
  });

  test('lets nothing that happened before it be remembered again, and what happens after it be; done again it changes nothing', () => {
    const run = new TimedRun(setOf(uncalled));
    erased(run, 10, []);
    const late = at(11, 'customer.called', { durationS: 40 }, subject);
    run.send({ ...late, time: new Date(START + 9 * MINUTE).toISOString() });
    expect(run.timerCount()).toBe(0);
    run.send(at(12, 'customer.called', { durationS: 40 }, subject));
    expect(run.timerCount()).toBe(1);
    expect(erased(run, 10, [])).toEqual([{ removed: 0 }]);
    expect(run.pass(START + 500 * MINUTE)).toHaveLength(1);
  });
});

test('events of types that no fact looks at touch no state, and an event that changes nothing writes nothing', () => {
  const run = new TimedRun(setOf(signedUnseen, uncalled));
  run.send(at(0, 'x'));
  run.send(at(0, 'deal.signed', { appointmentId: 'a-1' }));
  run.send(at(0, 'customer.visited'));
  expect(run.keys()).toEqual([]);
});

test('a rule is suppressed by what time decides as by events', () => {
  const run = new TimedRun(setOf({ ...uncalled, suppression: { hours: 2 } }));
  for (const minute of [0, 10, 100, 200]) run.send(at(minute, 'customer.called', { durationS: 40 }));
  const decisions = run.pass(START + 1_000 * MINUTE);
  expect(run.decisions.map(({ receivedAt, suppressed }) => [Date.parse(receivedAt) - START, suppressed])).toEqual([
    [60 * MINUTE, undefined],
    [260 * MINUTE, 2],
  ]);
  expect(decisions).toHaveLength(1);
});
