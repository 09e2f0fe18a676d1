import type { FeatureDraft } from '@hermes/contracts/feature';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { checkFeature } from './check-feature.ts';

type Input = z.input<typeof FeatureDraft>;
const count: Input = { name: 'Showings', eventTypes: ['showing.ended'], compute: { kind: 'count' } };
const filter = { all: [{ fact: 'event', path: '$.data.x', operator: 'equal', value: 1 }] } as const;

test('a feature with only what it needs is right, and the rest is filled in', () => {
  expect(checkFeature(count)).toEqual({
    kind: 'ok',
    draft: { ...count, key: { kind: 'subject' }, window: { kind: 'all-time' }, group: 'main' },
  });
  expect(checkFeature({ ...count, filter })).toMatchObject({ kind: 'ok', draft: { filter } });
});

const ratio = { kind: 'ratio', numerator: 'a', denominator: 'b' } as const;
const writable = { kind: 'set', writable: { type: 'string' } } as const;
test.each<[string, unknown, readonly [pointer: string, code: string][]]>([
  ['is no object', 'count', [['', 'not-a-feature']]],
  ['has a mistyped field', { ...count, filtr: filter }, [['/filtr', 'unknown-field']]],
  ['has no compute', { ...count, compute: undefined }, [['/compute', 'invalid-field']]],
  [
    'has a mistyped operator and a wrong window, both at once',
    {
      ...count,
      window: { kind: 'sliding', length: '91d' },
      filter: { all: [{ fact: 'event', operator: 'eqal', value: 1 }] },
    },
    [
      ['/window/length', 'invalid-field'],
      ['/filter/all/0/operator', 'unknown-operator'],
    ],
  ],
  ['looks at no events', { ...count, eventTypes: [] }, [['/eventTypes', 'missing-field']]],
  ["looks at the platform's own events", { ...count, eventTypes: ['hermes.x'] }, [['/eventTypes/0', 'reserved-type']]],
  [
    'is a ratio with what belongs to its parts',
    { ...count, compute: ratio, filter },
    [
      ['/filter', 'not-for-ratio'],
      ['/eventTypes', 'not-for-ratio'],
    ],
  ],
  ['is a rate over all time', { ...count, compute: { kind: 'rate', per: 'hour' } }, [['/window', 'missing-field']]],
  [
    'is a writable attribute of another key',
    { ...count, eventTypes: [], compute: writable, key: { kind: 'field', path: '$.data.home', entity: 'home' } },
    [['/key', 'not-for-attribute']],
  ],
  [
    'has paths that cannot be read',
    {
      ...count,
      compute: { kind: 'sum', path: '$.a[?(@.b)]' },
      key: { kind: 'field', path: '$..a..b', entity: 'home' },
    },
    [
      ['/compute/path', 'invalid-path'],
      ['/key/path', 'invalid-path'],
    ],
  ],
  [
    'lets events be later than its window is long',
    { ...count, window: { kind: 'sliding', length: '1h' }, lateLimit: '2h' },
    [['/lateLimit', 'wrong-value']],
  ],
])('a feature that %s is refused, with everything that is wrong', (_, input, expected) => {
  const result = checkFeature(input);
  expect(result.kind === 'rejected' && result.problems.map(({ pointer, code }) => [pointer, code])).toEqual(expected);
});
