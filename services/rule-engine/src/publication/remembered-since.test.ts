import type { Condition } from '@hermes/contracts/rule';
import { memoryDefinitionOf } from '@hermes/rules/memory/memory-definition';
import { expect, test } from 'vitest';
import { rememberedSince, type RememberingVersion } from './remembered-since.ts';

const absence = (hours: number) => ({ after: { type: 'a' }, no: { type: 'b' }, within: { hours } });
const idOf = (hours: number): string => memoryDefinitionOf('absence', absence(hours)).id;
const day = (n: number): Date => new Date(Date.UTC(2026, 2, n));

/** `1,2`: a version that asks for the absences of one and of two hours. */
const versionOf = (asked: string, i: number, all: readonly string[]): RememberingVersion => ({
  conditions: {
    all: asked.split(',').map((hours) => ({
      fact: 'absence',
      params: absence(Number(hours)),
      operator: 'equal',
      value: true,
    })),
  } satisfies Condition,
  publishedAt: day(all.length - i),
});

test.each<[string, readonly string[], number | undefined, Readonly<Record<string, number>>]>([
  ['the first version', ['1'], undefined, { 1: 1 }],
  ['without a break', ['1', '1', '1'], undefined, { 1: 1 }],
  ['each fact by itself', ['1,2', '1', '1'], undefined, { 1: 1, 2: 3 }],
  ['after a version that did not ask for it', ['1', '2', '1'], undefined, { 1: 3 }],
  ['after a time in the archive', ['1', '1', '1'], 1.5, { 1: 2 }],
  ['after a time in the archive before the last version', ['1', '1', '1'], 2.5, { 1: 3 }],
])('a rule remembers since the version from which on it asks: %s', (_, asked, archivedDay, expected) => {
  const archivedAt =
    archivedDay === undefined ? undefined : new Date(Date.UTC(2026, 2, 1) + (archivedDay - 1) * 86_400_000);
  const since = rememberedSince(asked.map(versionOf), archivedAt);
  expect(since).toEqual(
    Object.fromEntries(Object.entries(expected).map(([hours, n]) => [idOf(Number(hours)), day(n).toISOString()])),
  );
});

test('what a rule asks for of persons counts like its facts with a memory', () => {
  const asks = (feature: string): Condition => ({
    all: [{ fact: 'person', params: { feature }, operator: 'equal', value: 1 }],
  });
  const versions = [
    { conditions: asks('showings'), publishedAt: day(3) },
    { conditions: asks('showings'), publishedAt: day(2) },
    { conditions: asks('deals'), publishedAt: day(1) },
  ];
  expect(rememberedSince(versions, undefined)).toEqual({ 'person feature showings': day(2).toISOString() });
});
