/** Guards: a rule that would never fire is refused, whatever else looks like a mistake is a warning, and what could not be looked at is said. */
import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { expect, test } from 'vitest';
import { inLanguage } from './finding.ts';
import { findingsOf, type Surroundings } from './findings.ts';
import { EVENT_TYPES } from './testing/event-types.ts';

const leaf = (path: string, operator: string, value: unknown): LeafCondition => ({
  fact: 'event',
  path,
  operator,
  value,
});
const around: Surroundings = { catalogue: EVENT_TYPES, same: [] };
const look = (conditions: Condition, more: Partial<Surroundings> = {}, eventTypes = ['deal.signed']) => {
  const { problems, warnings } = findingsOf({ eventTypes, conditions }, { ...around, ...more });
  return [...problems, ...warnings].map(({ pointer, code }) => `${pointer} ${code}`);
};
const fine = leaf('$.data.rooms', 'greaterThan', 2);
const never = leaf('$.data.rooms', 'lessThan', 1);

test.each<[string, string[], readonly string[]]>([
  ['nothing is wrong', look({ all: [fine] }), []],
  ['it would never fire', look({ all: [fine, never] }), ['/conditions/all/1 never-fires']],
  ['a part would never hold', look({ any: [fine, { all: [fine, never] }] }), ['/conditions/any/1/all/1 contradiction']],
  [
    'types, fields and values are mistaken',
    look({ all: [leaf('$.data.room', 'equal', 2), leaf('$.data.rooms', 'equal', '2')] }, {}, [
      'deal.signed',
      'deal.singed',
    ]),
    ['/eventTypes/1 unknown-event-type', '/conditions/all/0/path unknown-field', '/conditions/all/1 type-mismatch'],
  ],
  [
    'a type is one of the platform, which no catalogue has',
    look(
      {
        all: [
          leaf('$.data.attributes.level', 'equal', 'gold'),
          leaf('$.data.by', 'equal', 5),
          leaf('$.data.buy', 'equal', 'x'),
        ],
      },
      {},
      ['hermes.attributes_set'],
    ),
    ['/conditions/all/1 type-mismatch', '/conditions/all/2/path unknown-field'],
  ],
  [
    'another rule is the same',
    look({ all: [fine] }, { same: [{ id: 'x', name: 'X' }] }),
    ['/conditions same-condition'],
  ],
  [
    'there is no catalogue to be read: the attributes of events are known all the same',
    look({ all: [leaf('$.data.room', 'equal', 2), leaf('$.subjct', 'equal', 2)] }, { catalogue: undefined }),
    ['/eventTypes fields-unchecked', '/conditions/all/1/path unknown-field'],
  ],
  [
    'the catalogue is empty',
    look({ all: [leaf('$.data.room', 'equal', 2)] }, { catalogue: [] }),
    ['/eventTypes fields-unchecked'],
  ],
])('when %s, it is told so', (_, told, expected) => expect(told).toEqual(expected));

test('a person reads it in one language', () => {
  const { problems } = findingsOf({ eventTypes: ['deal.signed'], conditions: { all: [fine, never] } }, around);
  expect(inLanguage(problems, 'en')).toEqual([
    {
      pointer: '/conditions/all/1',
      code: 'never-fires',
      message: 'the rule would never fire: "$.data.rooms greaterThan 2", "$.data.rooms lessThan 1" never hold together',
    },
  ]);
  expect(inLanguage(problems, 'zh')).toMatchObject([
    { message: '规则永远不会触发：“$.data.rooms greaterThan 2”、“$.data.rooms lessThan 1”不可能同时成立' },
  ]);
});
