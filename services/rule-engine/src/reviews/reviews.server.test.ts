/** Guards: of a decision that is held nothing happens until a person lets it go, and then once, through kill -9 and calls at the same time. */
import type { Review } from '@hermes/contracts/review-api';
import { RuleAudit } from '@hermes/contracts/rule-api';
import { followReports, requestErasure } from '@hermes/service-kit/testing/erasure-records';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ActionsRoom } from '../testing/actions-room.ts';
import { ruleOver } from '../testing/rules-room.ts';

let room: ActionsRoom;
beforeAll(async () => {
  room = await ActionsRoom.open(2);
  await room.restart();
  await room.publish({
    holds: ruleOver(100, {
      actions: [
        { kind: 'emit-event', type: 'deal.flagged', data: { price: { fact: 'event', path: '$.data.price' } } },
        { kind: 'hold' },
        { kind: 'set-attribute', attribute: 'tier', value: 'gold' },
      ],
    }),
  });
}, 120_000);
afterAll(() => room.close());

const reviews = async (status: string): Promise<readonly Review[]> =>
  (await room.call('viewer', 'GET', `reviews?status=${status}&limit=500`))['reviews'] as Review[];

/** Writes a deal, and waits until its decision waits for a person. @returns its review */
async function hold(subject: string): Promise<Review> {
  let n = 0;
  return eventually('a decision is held', async () => {
    // The rule comes into force a moment after it was published.
    if (n++ % 100 === 0) await room.ingest.write([room.ingest.event({ subject, data: { price: 200 } })]);
    return (await reviews('open')).find((one) => one.subject === subject);
  });
}
const say = (as: 'viewer' | 'editor' | 'approver', id: string, verdict: string, note?: string) =>
  room.call(as, 'POST', `reviews/${id}`, { verdict, ...(note === undefined ? {} : { note }) });
/** A decision as its readers see it, once it has landed: within 5 s. */
const landed = (decisionId: string) =>
  eventually('the decision has landed', async () => {
    const answer = await room.call('viewer', 'GET', `decisions/${decisionId}`);
    return answer.http === 200 ? answer : undefined;
  });
/** Types of the events that stand on `<project>.events` of a subject because of the rule. */
const emitted = (subject: string): readonly string[] =>
  room
    .emitted('holds')
    .filter((event) => event.subject === subject)
    .map(({ type }) => type);

test('it is shown with what would be done, nothing happens, and a viewer cannot let it go', async () => {
  const review = await hold('broker:b-0');
  expect(review).toMatchObject({ ruleId: 'holds', status: 'open', by: null, decision: { held: true, alert: true } });
  expect(review.decision!.actions).toHaveLength(3);
  expect((await say('viewer', review.decisionId, 'release')).http).toBe(403);
  expect((await say('editor', 'nobody', 'release')).http).toBe(404);
  expect((await say('editor', review.decisionId, 'maybe')).http).toBe(400);
  expect((await say('editor', review.decisionId, 'release', 'a\u0000b')).http).toBe(400);
  for (const list of ['reviews', 'decisions'])
    for (const before of ['2026-13-01T00:00:00.000Z/a', '2026-01-01T00:00:00.000Z/%00', 'a'])
      expect((await room.call('viewer', 'GET', `${list}?before=${before}`)).http).toBe(400);
  const { decisionId, heldAt } = review;
  expect(await room.call('viewer', 'GET', `reviews?before=${heldAt}/${decisionId}`)).toMatchObject({ reviews: [] });
  const view = await landed(review.decisionId);
  expect(view).toMatchObject({ held: true, review: { status: 'open' }, feedback: [] });
  expect([room.emitted('holds'), room.log.released]).toEqual([[], []]);
});

test('released by several at the same time it happens once, and says by whom', async () => {
  const { decisionId } = await hold('broker:b-1');
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, i) => say(i % 2 === 0 ? 'editor' : 'approver', decisionId, 'release', 'looked at')),
  );
  expect(new Set(answers.map(({ http, status, by }) => `${http} ${String(status)} ${String(by)}`)).size).toBe(1);
  await eventually('all of it happens', () => (emitted('broker:b-1').length >= 2 ? true : undefined));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(emitted('broker:b-1')).toEqual(['deal.flagged', 'hermes.attributes_set']);
  const [sent, ...others] = room.log.released.filter(({ id }) => id === decisionId);
  expect(others).toEqual([]);
  expect([sent!.held, sent!.released!.by]).toEqual([undefined, answers[0]!['by']]);
  expect((await say('editor', decisionId, 'refuse'))['code']).toBe('already-reviewed');
  expect(await landed(decisionId)).toMatchObject({ review: { status: 'released', note: 'looked at' } });
  const { audit } = RuleAudit.parse(await room.call('viewer', 'GET', 'rules/holds/audit'));
  const lines = audit.filter(({ what }) => what === 'released');
  expect(lines.map(({ by, after }) => [by, after])).toEqual([[answers[0]!['by'], { decisionId }]]);
});

test('refused it never happens, and cannot be released afterwards', async () => {
  const { decisionId } = await hold('broker:b-2');
  expect(await say('approver', decisionId, 'refuse')).toMatchObject({ status: 'refused', decision: null });
  expect((await say('approver', decisionId, 'release'))['code']).toBe('already-reviewed');
  const { decisionId: next } = await hold('broker:b-3');
  await say('editor', next, 'release');
  await eventually('what was released later has happened', () =>
    emitted('broker:b-3').length === 2 ? true : undefined,
  );
  expect(emitted('broker:b-2')).toEqual([]);
});

test.each(['before-release-sent', 'after-release-sent'])(
  'killed %s, what was released happens once',
  async (point) => {
    const subject = `broker:${point}`;
    await room.restart(point);
    const { decisionId } = await hold(subject);
    await say('editor', decisionId, 'release').catch(() => undefined);
    await room.died();
    await room.restart();
    await eventually('all of it happens', () => (emitted(subject).length >= 2 ? true : undefined));
    await eventually('it is told', () => room.log.released.find(({ id }) => id === decisionId));
    expect((await say('editor', decisionId, 'release'))['status']).toBe('released');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(emitted(subject)).toEqual(['deal.flagged', 'hermes.attributes_set']);
  },
  60_000,
);

test('an erasure deletes what waits, and what was said', async () => {
  const { decisionId } = await hold('broker:b-4');
  const said = await eventually('the decision has landed', async () => {
    const answer = await room.call('editor', 'PUT', `decisions/${decisionId}/feedback`, { verdict: 'wrong' });
    return answer.http === 200 ? answer : undefined;
  });
  expect(said['verdict']).toBe('wrong');
  const { kafka, project } = room.ingest;
  const reported = await followReports(kafka, project.id);
  const erasure = await requestErasure(kafka, project.id, 'broker:b-4');
  const report = await eventually(
    'the report',
    () => reported.reports.find((one) => one.erasureId === erasure.id && one.store === 'reviews'),
    40_000,
  );
  // What was sent until the rule was in force may have been held as well.
  expect(report.removed).toBeGreaterThanOrEqual(2);
  expect(report.remaining).toBe(0);
  await reported.close();
  expect((await say('editor', decisionId, 'release')).http).toBe(404);
}, 60_000);
