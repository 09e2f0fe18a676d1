import { relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findCases, ownCases } from './src/find-cases.ts';
import { nameInList, readKnownDifferences, readRefusedList, verdictOf } from './src/refused-list.ts';

/** Every case against what a real Flink 2.2 answered: the same answer, or what the checked-in lists say. */
const cases = findCases([]);
const refusals = readRefusedList();
const differences = readKnownDifferences();
const found = { agree: 0, refused: 0, differ: 0 };

describe('the embedded engine answers what Flink answered', () => {
  test.each(cases.map((each) => [relative(ownCases, each.file), each] as const))('%s', async (_, each) => {
    const verdict = await verdictOf(each);
    const name = nameInList(each);
    found[verdict.kind]++;
    switch (verdict.kind) {
      case 'refused':
        return expect(refusals.has(name), `refused, and not in refused.json: ${verdict.reason}`).toBe(true);
      case 'differ':
        return expect(differences.has(name) ? [] : verdict.differences).toEqual([]);
      case 'agree':
        expect(refusals.has(name), 'no longer refused: npm run conformance:refused takes it off the list').toBe(false);
        return expect(differences.has(name), 'it agrees now: take it off known-differences.json').toBe(false);
    }
  });

  /** State at every place, as a whole and as a chain of changes; and places between checkpoints, from which rows are read twice. */
  test.each(cases.map((each) => [relative(ownCases, each.file), each] as const))(
    '%s: also when it dies and goes on from its checkpoints',
    async (_, each) => {
      const straight = await verdictOf(each);
      if (straight.kind !== 'agree') return;
      for (const interruption of [
        { checkpointEvery: 1, killEvery: 1 },
        { checkpointEvery: 1, killEvery: 4 },
        { checkpointEvery: 3, killEvery: 5 },
      ])
        expect(await verdictOf(each, interruption), JSON.stringify(interruption)).toEqual({ kind: 'agree' });
    },
  );

  test('there are at least 200 cases, and the lists name no other', () => {
    expect(cases.length).toBeGreaterThanOrEqual(200);
    const names = new Set(cases.map(nameInList));
    expect([...refusals.keys(), ...differences.keys()].filter((name) => !names.has(name))).toEqual([]);
  });

  afterAll(() => {
    process.stdout.write(`conformance: ${JSON.stringify({ cases: cases.length, ...found })}\n`);
  });
});
