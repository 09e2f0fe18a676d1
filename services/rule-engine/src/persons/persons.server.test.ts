/** Guards: the way from an event over profile-store to a rule that asks for the person, exactly, on any number of partitions, through kill -9. */
import { followReports, requestErasure } from '@hermes/service-kit/testing/erasure-records';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANY, askingPerson, PersonsRoom } from '../testing/persons-room.ts';

describe.each([1, 8])('rules that ask for persons, on %i partitions', (partitions) => {
  let room: PersonsRoom;
  beforeAll(async () => {
    room = await PersonsRoom.open(partitions);
    await room.startRules();
    await room.startRules();
    await room.feature('showings', { eventTypes: ['b'], compute: { kind: 'count' } });
  }, 120_000);
  afterAll(() => room.close());

  test('one that asks for what is not there is refused, with what was probably meant, in Chinese too', async () => {
    const draft = askingPerson({ feature: 'showing' });
    expect(await room.call('rules', 'PUT', 'rules/unfit', draft)).toMatchObject({
      http: 400,
      errors: [{ pointer: '/conditions/any/1/params/feature', code: 'unknown-feature' }],
      detail: expect.stringContaining('did you mean "showings"?') as string,
    });
    expect(await room.call('rules', 'PUT', 'rules/unfit', draft, 'zh')).toMatchObject({
      detail: expect.stringContaining('是不是“showings”？') as string,
    });
  });

  test('one that is in force has profile-store tell of the feature, and says at save that it warms up', async () => {
    const saved = await room.must('rules', 'PUT', 'rules/asks', askingPerson({ feature: 'showings' }));
    expect(saved['warnings']).toContainEqual(expect.objectContaining({ code: 'warms-up' }));
    await room.subscribed('showings');
  });

  test('what it knows is what was told last, nothing lost or doubled, though processes are killed in the midst', async () => {
    await room.whileEventsFlow(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await room.killRules();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await room.startProfiles();
      await room.startRules();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await room.killRules();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    });
    const last = await room.settled(
      'asks',
      (subject) => room.arrived.filter((one) => one.subject === subject && one.type === 'b').length,
    );
    expect(last.size).toBe(room.subjects.length);
    const decisions = room.decisionsOf('asks');
    expect(new Set(decisions.map(({ id }) => id)).size).toBe(decisions.length);
    const known = decisions.flatMap(({ event, person = [] }) => person.map((seen) => ({ event, seen })));
    expect(known.length).toBeGreaterThan(50);
    for (const { event, seen } of known) {
      // The count with the event that made it so, which came before the one that was decided.
      expect([event.id, seen.value]).toEqual([event.id, room.countUpTo(seen.cause!.id, 'b')]);
      const [cause, decided] = [seen.cause!.id, event.id].map((id) => room.arrived.findIndex((one) => one.id === id));
      expect(cause).toBeLessThan(decided!);
    }
  }, 120_000);

  test('a rule fires once the person is beyond its bound, and its decision explains it', async () => {
    const conditions = {
      all: [{ fact: 'person', params: { feature: 'showings' }, operator: 'greaterThanInclusive', value: 2 }],
    };
    const tests = [
      { name: 'busy', event: { data: {} }, person: { features: { showings: 2 } }, fires: true },
      { name: 'nobody has told of', event: { data: {} }, fires: false },
    ];
    await room.must('rules', 'PUT', 'rules/busy', { ...ANY, conditions, tests });
    const subject = 'broker:new';
    await eventually('the rule is in force and the person known', async () => {
      await room.write('b', [subject]);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await room.write('a', [subject]);
      return room.decisionsOf('busy').length > 0 ? true : undefined;
    });
    const [decision] = room.decisionsOf('busy');
    expect(decision).toMatchObject({
      subject,
      person: [{ feature: 'showings', version: 1, cause: { type: 'b', source: expect.any(String) as string } }],
      trace: [{}, { fact: 'person', params: { feature: 'showings' }, outcome: 'true', seen: [{ type: 'b' }] }],
    });
    const dry = { event: { type: 'a', data: {} }, person: { features: { showings: 1 } } };
    expect(await room.must('rules', 'POST', 'rules/busy/dry-run', dry)).toMatchObject({ outcome: 'does-not-fire' });
  }, 60_000);

  test('a rule that asks for a segment fires for who is in it, also of who came in before the rule', async () => {
    const title = { en: 'Busy', zh: '繁忙' };
    const condition = {
      all: [{ fact: 'feature', params: { id: 'showings' }, operator: 'greaterThanInclusive', value: 3 }],
    };
    await room.must('profiles', 'PUT', 'segments/eager', { title, condition });
    const draft = {
      ...ANY,
      conditions: { all: [{ fact: 'person', params: { segment: 'eager' }, operator: 'equal', value: true }] },
      tests: [{ name: 'eager', event: { data: {} }, person: { segments: { eager: true } }, fires: true }],
    };
    await eventually('rule-engine knows the segment', async () => {
      const { problems } = await room.call('rules', 'POST', 'rules/check', draft);
      return Array.isArray(problems) && problems.length === 0 ? true : undefined;
    });
    const [eager, calm] = ['broker:eager', 'broker:calm'];
    await room.write('b', [eager, eager, calm, eager]);
    await eventually('it is in the segment', async () => {
      const { segments } = await room.call('profiles', 'GET', `profiles/${encodeURIComponent(eager)}`);
      return JSON.stringify(segments) === '["eager"]' ? true : undefined;
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await room.must('rules', 'PUT', 'rules/eager', draft);
    const decision = await eventually('a decision', async () => {
      await room.write('a', [calm, eager]);
      return room.decisionsOf('eager')[0];
    });
    expect(decision).toMatchObject({
      subject: eager,
      person: [{ segment: 'eager', value: true, version: 1, cause: { type: 'b' } }],
    });
    expect(room.decisionsOf('eager').every(({ subject }) => subject !== calm)).toBe(true);
  }, 60_000);

  test('over the past it fires on the events that a plain count says', async () => {
    const last = room.arrived.length;
    const started = await eventually('history has everything', async () => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      const answer = await room.call('rules', 'POST', 'rules/busy/backtests', { days: 1 });
      return answer.http === 202 ? answer : undefined;
    });
    const result = await eventually(
      'the result',
      async () => {
        const view = await room.call('rules', 'GET', `rules/busy/backtests/${String(started['id'])}`);
        return (view['result'] ?? undefined) as { candidate: { hits: number }; notes: { code: string }[] } | undefined;
      },
      40_000,
    );
    const seen = room.arrived.slice(0, last);
    const expected = seen.filter(({ id, type }) => type === 'a' && room.countUpTo(id, 'b') >= 2).length;
    expect(result.candidate.hits).toBe(expected);
    expect(result.notes.map(({ code }) => code)).toContain('persons-recomputed');
  }, 60_000);

  test('what was told of an erased person is gone', async () => {
    const subject = 'broker:b-1';
    const { kafka, project } = room.ingest;
    const reported = await followReports(kafka, project.id);
    const erasure = await requestErasure(kafka, project.id, subject);
    const report = await eventually(
      'the report',
      () => reported.reports.find((one) => one.erasureId === erasure.id && one.store === 'rule_features'),
      40_000,
    );
    await reported.close();
    expect(report).toMatchObject({ remaining: 0 });
    expect(report.removed).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const [asked] = await room.write('a', [subject]);
    const decision = await eventually('the decision', () =>
      room.decisionsOf('asks').find(({ event }) => event.id === asked!.id),
    );
    expect(decision.person).toBeUndefined();
  }, 60_000);

  test('when no rule asks any more, profile-store is not asked to tell', async () => {
    for (const id of ['asks', 'busy', 'eager']) await room.must('rules', 'DELETE', `rules/${id}`);
    await eventually('the wish is taken back', async () =>
      (await room.call('profiles', 'GET', 'subscriptions/rule-engine')).http === 404 ? true : undefined,
    );
  }, 30_000);
});
