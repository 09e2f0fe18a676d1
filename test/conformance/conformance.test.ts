import { relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findCases, ownCases } from './src/find-cases.ts';
import { nameInList, readRefusedList, verdictOf } from './src/refused-list.ts';

/** Every case against what a real Flink 2.2 answered: the same answer, or a refusal that the checked-in list has. */
const cases = findCases([]);
const listed = readRefusedList();
const refused: string[] = [];

describe('the embedded engine answers what Flink answered', () => {
  test.each(cases.map((each) => [relative(ownCases, each.file), each] as const))('%s', async (_, each) => {
    const verdict = await verdictOf(each);
    const name = nameInList(each);
    if (verdict.kind === 'refused') {
      refused.push(name);
      expect(listed.has(name), `refused, and not in refused.json: ${verdict.reason}`).toBe(true);
      return;
    }
    expect(verdict.kind === 'differ' ? verdict.differences : []).toEqual([]);
    expect(listed.has(name), 'it is no longer refused: npm run conformance:refused takes it off the list').toBe(false);
  });

  test('there are at least 4 cases, and refused.json names no other', () => {
    expect(cases.length).toBeGreaterThanOrEqual(4);
    const names = new Set(cases.map(nameInList));
    expect([...listed.keys()].filter((name) => !names.has(name))).toEqual([]);
  });

  afterAll(() => {
    process.stdout.write(`conformance: ${cases.length} cases, ${refused.length} refused (listed: ${listed.size})\n`);
  });
});
