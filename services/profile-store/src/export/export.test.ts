import type { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { expect, test } from 'vitest';
import type { DecisionsPage } from './decisions-client.ts';
import { exportLines, type ExportParts } from './export.service.ts';

const AT = '2026-03-01T00:00:00.000Z';
const decision = (id: string): Decision => ({ id }) as Decision;
const page = (ids: readonly string[], next: string | null): DecisionsPage => ({
  decisions: ids.map(decision),
  next,
  keptSince: AT,
});

async function* events(count: number, thenFails = false): AsyncGenerator<HermesEvent, void, undefined> {
  for (let i = 0; i < count; i++) yield sampleEvent('demo', { id: `e-${i}`, data: { text: 'x'.repeat(300) } });
  if (thenFails) throw new Error('broken');
}
const parts = (given: Partial<ExportParts> = {}): ExportParts => ({
  profile: { project: 'demo', subject: 'customer:1', known: true, features: {} },
  events: events(700),
  firstDecisions: page(['d-1', 'd-2'], 'p2'),
  moreDecisions: async (before) => (before === 'p2' ? page(['d-3'], 'p3') : page([], null)),
  eventsKeptSince: AT,
  ...given,
});
async function linesOf(given: ExportParts): Promise<readonly Record<string, unknown>[]> {
  let text = '';
  for await (const piece of exportLines(given)) text += piece;
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('an export has the profile, every event, every decision of every page, and an end that counts them', async () => {
  const lines = await linesOf(parts());
  const kinds = Object.groupBy(lines, ({ kind }) => String(kind));
  expect(lines[0]).toMatchObject({ kind: 'profile', subject: 'customer:1' });
  expect(kinds['event']?.map(({ event }) => (event as HermesEvent).id)).toEqual(
    Array.from({ length: 700 }, (_, i) => `e-${i}`),
  );
  expect(kinds['decision']?.map((line) => (line['decision'] as Decision).id)).toEqual(['d-1', 'd-2', 'd-3']);
  expect(lines.at(-1)).toEqual({ kind: 'end', events: 700, decisions: 3, keptSince: { events: AT, decisions: AT } });
});

test('of a subject without anything there is a profile and an end', async () => {
  const lines = await linesOf(parts({ events: events(0), firstDecisions: page([], null) }));
  expect(lines.map(({ kind }) => kind)).toEqual(['profile', 'end']);
});

test.each<[string, Partial<ExportParts>]>([
  ['the history', { events: events(700, true) }],
  ['a page of decisions', { moreDecisions: () => Promise.reject(new Error('away')) }],
])('an export that %s breaks has no end', async (_, given) => {
  let text = '';
  const reading = (async () => {
    for await (const piece of exportLines(parts(given))) text += piece;
  })();
  await expect(reading).rejects.toThrow();
  expect(text).toContain('"kind":"event"');
  expect(text).not.toContain('"kind":"end"');
});
