/** Guards: a rule means here what it means in json-rules-engine 7.3.1, type juggling, undefined facts and empty lists included. */
import type { Condition } from '@hermes/contracts/rule';
import fc from 'fast-check';
import { Engine, type TopLevelCondition } from 'json-rules-engine';
import { expect, test } from 'vitest';
import { compileCondition, type Facts } from './condition.ts';
import { DECORATOR_NAMES, OPERATOR_NAMES } from './operators.ts';
import { FALSE, TRUE, UNDECIDABLE } from './verdict.ts';

const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    0,
    1,
    2,
    5,
    -1,
    1.5,
    '',
    '1',
    '2',
    '5 km',
    'abc',
    'b',
    '2026-01-02',
    'undefined',
    true,
    false,
    null,
  ),
  fc.integer({ min: -3, max: 6 }),
);
const list = fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), { maxLength: 4 });
const key = fc.constantFrom('a', 'b', 'c', 'price', '\u533a');
const data = fc.dictionary(key, fc.oneof(scalar, list, fc.dictionary(key, fc.oneof(scalar, list), { maxKeys: 3 })), {
  maxKeys: 5,
});

const facts: fc.Arbitrary<Record<string, unknown>> = fc.record(
  { event: fc.record({ type: fc.constant('t'), data }), other: fc.oneof(data, scalar), third: scalar },
  { requiredKeys: ['event'] },
);

const path = fc.oneof(
  { weight: 5, arbitrary: fc.array(key, { minLength: 1, maxLength: 2 }).map((keys) => `$.data.${keys.join('.')}`) },
  { weight: 2, arbitrary: fc.tuple(key, fc.nat(2)).map(([k, i]) => `$.data.${k}[${i}]`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '$',
      '$.type',
      '$.data',
      '$.data.*',
      '$..a',
      '$.data.a[*]',
      '$.data.b[0:2]',
      "$.data['a','b']",
    ),
  },
);
const operator = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...OPERATOR_NAMES) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.array(fc.constantFrom(...DECORATOR_NAMES), { minLength: 1, maxLength: 2 }),
        fc.constantFrom(...OPERATOR_NAMES),
      )
      .map(([decorators, name]) => [...decorators, name].join(':')),
  },
);
const fact = fc.constantFrom('event', 'event', 'event', 'other', 'third');
const reference = fc.record({ fact, path }, { requiredKeys: ['fact'] });
const leaf = fc
  .record(
    {
      fact,
      path,
      operator,
      value: fc.oneof(
        { weight: 4, arbitrary: scalar },
        { weight: 3, arbitrary: list },
        { weight: 2, arbitrary: reference },
      ),
    },
    { requiredKeys: ['fact', 'operator', 'value'] },
  )
  .map((found) => {
    // A list operator on a plain value throws in the reference; mostly give it a list, so that deep rules are compared too.
    const wantsList = /(^|:)(in|notIn)$/u.test(found.operator) || /Value/u.test(found.operator);
    const literal = typeof found.value !== 'object' || found.value === null;
    return wantsList && literal ? { ...found, value: [found.value, 1, 'abc'] } : found;
  });
const branch = fc.letrec<{ node: unknown; branch: unknown }>((tie) => ({
  node: fc.oneof({ maxDepth: 3, withCrossShrink: true }, leaf, tie('branch')),
  branch: fc.oneof(
    fc.record({ all: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ not: tie('node') }),
  ),
})).branch;

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
