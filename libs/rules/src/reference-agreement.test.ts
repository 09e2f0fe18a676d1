/** Guards: a rule means here what it means in json-rules-engine 7.3.1, type juggling, undefined facts and empty lists included. */
import type { Condition } from '@hermes/contracts/rule';
import fc from 'fast-check';
import { Engine, type TopLevelCondition } from 'json-rules-engine';
import { expect, test } from 'vitest';
import { compileCondition } from './condition.ts';
import type { Facts } from './fact-reads.ts';
import { branch, facts, leaf, list, reference, scalar } from './testing/random-conditions.ts';
import { FALSE, TRUE, UNDECIDABLE } from './verdict.ts';

/** The reference's verdict; 'throws' when it gives none. */
async function referenceVerdict(conditions: unknown, given: Facts): Promise<boolean | 'throws'> {
  const engine = new Engine([], { allowUndefinedFacts: true });
  engine.addRule({ conditions: structuredClone(conditions) as TopLevelCondition, event: { type: 'fired' } });
  try {
    return (await engine.run({ ...given })).events.length > 0;
  } catch {
    return 'throws';
  }
}

test('10,000 random rules on random facts say what json-rules-engine says', async () => {
  const seen = { fired: 0, silent: 0, threw: 0 };
  await fc.assert(
    fc.asyncProperty(branch, facts, async (conditions, given) => {
      const expected = await referenceVerdict(conditions, given);
      const compiled = compileCondition(conditions as Condition);
      const verdict = compiled.test(given);
      expect(compiled.explain(given, [])).toBe(verdict);
      if (expected === 'throws') {
        // It evaluates every condition before it combines them; here a condition that cannot matter is not evaluated.
        seen.threw += 1;
        return;
      }
      seen[expected ? 'fired' : 'silent'] += 1;
      expect(verdict).toBe(expected ? TRUE : FALSE);
    }),
    { numRuns: 10_000, seed: 7_31 },
  );
  expect(seen.fired).toBeGreaterThan(2_000);
  expect(seen.silent).toBeGreaterThan(2_000);
  expect(seen.threw).toBeLessThan(3_000);
});

test('a single comparison is undecidable exactly where json-rules-engine throws', async () => {
  let threw = 0;
  await fc.assert(
    fc.asyncProperty(leaf, fc.oneof(scalar, list, reference), facts, async (found, value, given) => {
      const conditions = { all: [{ ...found, value }] };
      const expected = await referenceVerdict(conditions, given);
      if (expected === 'throws') threw += 1;
      expect(compileCondition(conditions as Condition).test(given)).toBe(
        expected === 'throws' ? UNDECIDABLE : expected ? TRUE : FALSE,
      );
    }),
    { numRuns: 3_000, seed: 60 },
  );
  expect(threw).toBeGreaterThan(50);
});
