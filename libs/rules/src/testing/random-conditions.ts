/** Conditions and facts of all kinds, nonsense included. */
import fc from 'fast-check';
import { isChangeOperator } from '../change-operators.ts';
import { isElementOperator } from '../element-operators.ts';
import { givenFeatures } from '../feature-fact.ts';
import { DECORATOR_NAMES, OPERATOR_NAMES } from '../operators.ts';

/** Those that json-rules-engine can be lent: it does not evaluate conditions within a condition's value, and knows nothing of events before. */
const LENDABLE = OPERATOR_NAMES.filter((name) => !isElementOperator(name) && !isChangeOperator(name));

export const scalar = fc.oneof(
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
export const list = fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), { maxLength: 4 });
const key = fc.constantFrom('a', 'b', 'c', 'price', '\u533a');
const data = fc.dictionary(key, fc.oneof(scalar, list, fc.dictionary(key, fc.oneof(scalar, list), { maxKeys: 3 })), {
  maxKeys: 5,
});

const features = fc.dictionary(key, fc.oneof(scalar, list, data), { maxKeys: 4 }).map(givenFeatures);

export const facts: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    event: fc.record({ type: fc.constant('t'), data }),
    other: fc.oneof(data, scalar),
    third: scalar,
    feature: features,
  },
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
  { weight: 4, arbitrary: fc.constantFrom(...LENDABLE) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.array(fc.constantFrom(...DECORATOR_NAMES), { minLength: 1, maxLength: 2 }),
        fc.constantFrom(...LENDABLE),
      )
      .map(([decorators, name]) => [...decorators, name].join(':')),
  },
);
/** What changes no outcome, now and then. */
const described = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      { name: fc.constant('a name'), priority: fc.integer({ min: 1, max: 9 }) },
      { requiredKeys: [] },
    ),
  },
);
const describedToo = <T extends object>(condition: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.tuple(condition, described).map(([found, more]) => ({ ...found, ...more }));
const fact = fc.oneof(
  fc.constantFrom('event', 'event', 'event', 'other', 'third').map((name) => ({ fact: name })),
  key.map((id) => ({ fact: 'feature', params: { id } })),
);
const place = fc.tuple(fact, fc.record({ path }, { requiredKeys: [] })).map(([of, at]) => ({ ...of, ...at }));
export const reference = place;
const bareLeaf = fc
  .record({
    operator,
    value: fc.oneof(
      { weight: 4, arbitrary: scalar },
      { weight: 3, arbitrary: list },
      { weight: 2, arbitrary: reference },
    ),
  })
  .chain((rest) => place.map((where) => ({ ...where, ...rest })))
  .map((found) => {
    // A list operator on a plain value throws in the reference; mostly give it a list, so that deep rules are compared too.
    const wantsList = /(^|:)(in|notIn)$/u.test(found.operator) || /Value/u.test(found.operator);
    const literal = typeof found.value !== 'object' || found.value === null;
    if (wantsList && literal) return { ...found, value: [found.value, 1, 'abc'] };
    // So does an operator of texts on anything but one.
    return /(^|:)(startsWith|endsWith|matches)$/u.test(found.operator) && literal
      ? { ...found, value: String(found.value) }
      : found;
  });
export const leaf = describedToo(bareLeaf);
export const branch = fc.letrec<{ node: unknown; branch: unknown }>((tie) => ({
  node: fc.oneof({ maxDepth: 3, withCrossShrink: true }, leaf, tie('branch')),
  branch: fc.oneof(
    describedToo(fc.record({ all: fc.array(tie('node'), { maxLength: 3 }) })),
    describedToo(fc.record({ any: fc.array(tie('node'), { maxLength: 3 }) })),
    describedToo(fc.record({ not: tie('node') })),
  ),
})).branch;
