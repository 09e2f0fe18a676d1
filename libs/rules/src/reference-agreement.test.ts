/** Guards: a rule means here what it means in json-rules-engine 7.3.1, type juggling, undefined facts and empty lists included. */
import type { Condition } from '@hermes/contracts/rule';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileCondition } from './condition.ts';
import { contradicts, isForReference, referenceVerdict } from './reference.ts';
import { branch, facts, leaf, list, reference, scalar } from './testing/random-conditions.ts';
import { TRUE, UNDECIDABLE } from './verdict.ts';

test('10,000 random rules on random facts say what json-rules-engine says', async () => {
  const seen = { fired: 0, silent: 0, threw: 0 };
  await fc.assert(
    fc.asyncProperty(branch, facts, async (conditions, given) => {
      const expected = await referenceVerdict(conditions as Condition, given);
      const compiled = compileCondition(conditions as Condition);
      const verdict = compiled.test(given);
      expect(compiled.explain(given, [])).toBe(verdict);
      expect(contradicts(verdict, expected)).toBe(false);
      seen[expected === UNDECIDABLE ? 'threw' : expected === TRUE ? 'fired' : 'silent'] += 1;
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
      const condition = { all: [{ ...found, value }] } as Condition;
      const expected = await referenceVerdict(condition, given);
      if (expected === UNDECIDABLE) threw += 1;
      expect(compileCondition(condition).test(given)).toBe(expected);
    }),
    { numRuns: 3_000, seed: 60 },
  );
  expect(threw).toBeGreaterThan(50);
});

const leafOf = (more: object) => ({ fact: 'event', path: '$.data.a', operator: 'equal', value: 1, ...more });
const placeOfB = { fact: 'event', path: '$.data.b' };
test.each([
  [{}, true],
  [{ value: placeOfB }, true],
  [{ operator: 'within', value: { of: '2026-03-01', minutes: 3 } }, true],
  [{ operator: 'within', value: { of: placeOfB, minutes: 3 } }, false],
  [{ operator: 'inList', value: { list: 'known' } }, false],
  [{ operator: 'not:inList', value: { list: 'known' } }, false],
  [{ operator: 'anyElement', value: { all: [leafOf({ fact: 'element', path: '$' })] } }, false],
  [{ operator: 'became', value: 1 }, false],
  [{ fact: 'feature', params: { id: 'f', version: 1 } }, true],
  [{ fact: 'lookup', params: { id: 'crm', key: placeOfB } }, true],
])('of a rule with %j json-rules-engine can be asked: %j', (more, can) => {
  expect(isForReference({ not: { any: [leafOf({}), { all: [leafOf(more)] }] } } as Condition)).toBe(can);
});
