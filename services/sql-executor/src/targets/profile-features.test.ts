import { planScript } from '@hermes/stream-sql/planner/plan-script';
import type { StreamPlan } from '@hermes/stream-sql/planner/plan';
import { expect, test } from 'vitest';
import { allowedValues, attributeProblems, type KnownFeature, lookupProblems } from './profile-features.ts';

const feature = (id: string, kind: string, type?: 'string' | 'number' | 'boolean'): KnownFeature => ({
  id,
  status: 'live',
  published: { compute: { kind, ...(type === undefined ? {} : { writable: { type } }) } },
});
const FEATURES = [
  feature('tier', 'set', 'string'),
  feature('score', 'set-once', 'number'),
  feature('vip', 'set', 'boolean'),
  feature('name', 'set'),
  feature('showings_7d', 'count'),
  feature('newest', 'last-n'),
  { id: 'sketch', status: 'draft', published: null },
  { id: 'young', status: 'filling', published: null },
];

const EVENTS = `CREATE TABLE events (subject STRING, proctime AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 'demo.events', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');\n`;
function planOf(sql: string): StreamPlan {
  const planned = planScript(EVENTS + sql, { project: 'demo' });
  if (planned.kind === 'refused') throw new Error(JSON.stringify(planned.problems));
  if (planned.plan === null) throw new Error('no INSERT INTO');
  return planned.plan;
}
const table = (column: string): string =>
  `CREATE TABLE p (subject STRING,\n ${column}, PRIMARY KEY (subject) NOT ENFORCED) WITH ('connector' = 'hermes-profile');`;
/** The table's name in the text. */
const PLACE = { line: 2, column: 14 };
const sinkProblems = (column: string) =>
  attributeProblems(
    planOf(`${table(column)} INSERT INTO p SELECT subject, CAST(NULL AS ${column.split(' ')[1]!}) FROM events`),
    FEATURES,
  );
const joinProblems = (column: string) => {
  const name = column.split(' ')[0]!;
  return lookupProblems(
    planOf(`${table(column)} CREATE TABLE o (v ${column.split(' ')[1]!}) WITH ('connector' = 'clickhouse');
      INSERT INTO o SELECT ${name} FROM events AS s JOIN p FOR SYSTEM_TIME AS OF s.proctime AS p ON s.subject = p.subject`),
    FEATURES,
  );
};

test.each(['tier STRING', 'score DOUBLE', 'score INT', 'score DECIMAL(9,2)', 'vip BOOLEAN'])(
  '%s can be written',
  (column) => {
    expect(sinkProblems(column)).toEqual([]);
  },
);

test.each([
  ['teir STRING', 'there is no attribute teir', 'did you mean "tier"?'],
  ['sketch STRING', 'is not live (draft)', 'publish'],
  ['young STRING', 'is not live (filling)', 'wait'],
  ['name STRING', 'is computed from events (set)', 'make it writable'],
  ['showings_7d BIGINT', 'is computed from events (count)', 'known: tier, score, vip'],
  ['tier DOUBLE', 'takes a string, not DOUBLE', 'declare it STRING'],
  ['vip STRING', 'takes a boolean, not STRING', 'declare it BOOLEAN'],
])('%s cannot be written, with its place and a hint', (column, message, hint) => {
  expect(sinkProblems(column)).toEqual([
    {
      ...PLACE,
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining(hint) as string,
    },
  ]);
});

test.each(['tier STRING', 'showings_7d BIGINT', 'showings_7d STRING', 'name BIGINT', 'newest STRING'])(
  '%s can be looked up',
  (column) => {
    expect(joinProblems(column)).toEqual([]);
  },
);

test.each([
  ['showings_7 BIGINT', 'there is no feature showings_7', 'did you mean "showings_7d"?'],
  ['sketch STRING', 'is not live (draft)', 'publish'],
  ['young STRING', 'is not live (filling)', 'wait'],
  ['showings_7d BOOLEAN', 'is a number, not BOOLEAN', 'DOUBLE'],
  ['newest BIGINT', 'is a list, not BIGINT', 'STRING'],
])('%s cannot be looked up, with its place and a hint', (column, message, hint) => {
  expect(joinProblems(column)).toEqual([
    {
      ...PLACE,
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining(hint) as string,
    },
  ]);
});

test('a column that no expression reads is not asked for', () => {
  const plan =
    planOf(`CREATE TABLE p (subject STRING, tier STRING, nothing STRING, PRIMARY KEY (subject) NOT ENFORCED) WITH ('connector' = 'hermes-profile');
    CREATE TABLE o (v STRING) WITH ('connector' = 'clickhouse');
    INSERT INTO o SELECT tier FROM events AS s JOIN p FOR SYSTEM_TIME AS OF s.proctime AS p ON s.subject = p.subject`);
  expect(lookupProblems(plan, FEATURES)).toEqual([]);
});

test('the values that an attribute takes are told by its name', () => {
  const features = [
    {
      id: 'tier',
      status: 'live',
      published: { compute: { kind: 'set', writable: { type: 'string' as const, allowed: ['gold'] } } },
    },
  ];
  expect(allowedValues(FEATURES)).toEqual({});
  expect(allowedValues(features)).toEqual({ tier: ['gold'] });
});
