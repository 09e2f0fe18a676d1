import { buildFeatureSet } from '@hermes/profiles/features/feature-set';
import { featureOf } from '@hermes/profiles/testing/features';
import { expect, test } from 'vitest';
import { attributeWarnings } from './attribute-warnings.ts';

const path = '$.data.tier';
const features = [
  featureOf({ compute: { kind: 'set', path, writable: { type: 'string' } } }, 'tier', 1),
  featureOf({ compute: { kind: 'count' } }, 'deals', 2),
];
const set = buildFeatureSet(1, features, { live: { tier: 1, deals: 1 }, subscribed: [] });

test.each<[string, string, string | number | null | object, string[]]>([
  ['one that takes direct writes', 'tier', 'gold', []],
  ['taken back', 'tier', null, []],
  ['what an event brings', 'tier', { fact: 'event', path }, []],
  ['a value of another type', 'tier', 5, ['/actions/0/value type-mismatch: "tier" takes a string']],
  [
    'one that there is none of',
    'teir',
    'gold',
    [
      '/actions/0/attribute unknown-attribute: no published attribute that takes direct writes is called "teir"; did you mean "tier"?',
    ],
  ],
  [
    'one that is counted',
    'deals',
    1,
    [
      '/actions/0/attribute unknown-attribute: no published attribute that takes direct writes is called "deals"; known: tier',
    ],
  ],
])('%s', (_, attribute, value, expected) => {
  const found = attributeWarnings([{ kind: 'set-attribute', attribute, value } as never], set);
  expect(found.map(({ pointer, code, text }) => `${pointer} ${code}: ${text.en}`)).toEqual(expected);
});
