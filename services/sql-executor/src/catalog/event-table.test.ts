import type { EventType } from '@hermes/contracts/event-type';
import { SqlRun } from '@hermes/stream-sql/testing/run-sql';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allEventsTable, type EventTable, eventTables } from './event-table.ts';

const eventType = (type: string, properties: object): EventType => ({
  type,
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  title: { en: 'A title', zh: '标题' },
  description: { en: "What it's\nabout", zh: '说明' },
  schema: { type: 'object', properties },
  places: [],
  example: {},
});

const event = (type: string, n: number, data: unknown): object => ({
  specversion: '1.0',
  id: `e-${n}`,
  source: '/test',
  type,
  subject: 'broker:b-1',
  time: '2026-01-01T00:00:00.000Z',
  project: 'demo',
  receivedat: '2026-01-01T00:00:01.000Z',
  data,
});

/** All events of the topic through the view of one type, as a job reads them. */
function read({ createTable, createView, view, columns }: EventTable, events: readonly object[]): SqlRun {
  const sink = columns.map(({ type }, i) => `c${i} ${type}`).join(', ');
  const run = new SqlRun(
    `${createTable}\n${createView}\nCREATE TABLE shown (${sink}) WITH ('connector' = 'print');\nINSERT INTO shown SELECT * FROM ${view};`,
  );
  run.send(events);
  return run;
}

type Sample = readonly [schema: object, values: fc.Arbitrary<unknown>];
const leaf: fc.Arbitrary<Sample> = fc.constantFrom<Sample>(
  [{ type: 'string' }, fc.string()],
  [{ type: 'integer' }, fc.integer()],
  [{ type: 'number' }, fc.double({ noNaN: true, noDefaultInfinity: true })],
  [{ type: 'boolean' }, fc.boolean()],
  [{ type: 'string', format: 'date' }, fc.constantFrom('2026-01-31', '1969-12-31')],
  [{ type: 'string', format: 'date-time' }, fc.constantFrom('2026-01-31T10:20:30.123Z', '2026-01-31T10:20:30Z')],
  [{ type: 'string', pattern: '^\\d+\\.\\d{2}$', examples: ['1.00'] }, fc.constantFrom('0.00', '123456789.99')],
);
const objectOf = (fields: Readonly<Record<string, Sample>>): Sample => [
  { type: 'object', properties: Object.fromEntries(Object.entries(fields).map(([name, [schema]]) => [name, schema])) },
  fc.record(Object.fromEntries(Object.entries(fields).map(([name, [, values]]) => [name, values]))),
];
const sample: fc.Arbitrary<Sample> = fc.letrec<{ any: Sample }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    { weight: 4, arbitrary: leaf },
    {
      weight: 1,
      arbitrary: tie('any').map(([items, values]): Sample => [
        { type: 'array', items },
        fc.array(values, { maxLength: 3 }),
      ]),
    },
    {
      weight: 1,
      arbitrary: tie('any').map(([of, values]): Sample => [
        { type: 'object', additionalProperties: of },
        fc.dictionary(fc.constantFrom('k', 'l'), values),
      ]),
    },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('x', 'y'), tie('any'), { minKeys: 1 }).map(objectOf) },
  ),
})).any;
const data = fc.dictionary(fc.constantFrom('a', 'b', 'time', 'order', '房 型'), sample, { minKeys: 1 }).map(objectOf);

describe('a table over the topic of all types', () => {
  test('reads every event that the catalogue accepts, of any type, and gives those of its own with all their fields', () => {
    fc.assert(
      fc.property(fc.array(data, { minLength: 1, maxLength: 3 }), fc.integer(), (types, seed) => {
        const catalogue = types.map(([schema], i) =>
          eventType(`type_${i}`, (schema as { properties: object }).properties),
        );
        const events = types.flatMap(([, values], i) =>
          fc.sample(values, { numRuns: 4, seed }).map((each, n) => event(`type_${i}`, n, each)),
        );
        events.push(event('hermes.attributes_set', 9, { attributes: { a: 1 }, by: 'x' }));
        for (const [i, table] of eventTables(catalogue, 'en').entries()) {
          const run = read(table, events);
          expect(run.bad).toEqual([]);
          expect(run.rows).toHaveLength(4);
          expect(run.rows.flat()).not.toContain(null);
          expect(table.type).toBe(`type_${i}`);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a field that another type has otherwise is read as text and cast back', () => {
    const tables = eventTables(
      [
        eventType('deal.signed', {
          n: { type: 'integer' },
          at: { type: 'string', format: 'date-time' },
          o: { type: 'number' },
        }),
        eventType('deal.lost', { n: { type: 'string' }, at: { type: 'object' }, o: { type: 'integer' } }),
      ],
      'en',
    );
    const signed = tables.find(({ view }) => view === 'deal_signed')!;
    expect(signed.createTable).toContain('n STRING,\n    at STRING,\n    o DOUBLE'.replace('at', '`at`'));
    expect(signed.columns.slice(4).map(({ type }) => type)).toEqual(['BIGINT', 'STRING', 'DOUBLE']);
    const run = read(signed, [
      event('deal.lost', 1, { n: 'many', at: { place: 1 }, o: 2 }),
      event('deal.signed', 2, { n: 9_007_199_254_740_991, at: '2026-01-01T00:00:00Z', o: 0.5 }),
    ]);
    expect(run.texts().map((row) => row.slice(4))).toEqual([['9007199254740991', '2026-01-01T00:00:00Z', '0.5']]);
    expect(run.bad).toEqual([]);
  });

  test('names are unique, quoted where they must be, and say nothing twice', () => {
    const tables = eventTables(
      [
        eventType('events', { id: { type: 'string' }, order: { type: 'integer' } }),
        eventType('order', { 'a b': { type: 'string' } }),
        eventType('order.events', {}),
      ],
      'zh',
    );
    expect(tables.map(({ view, table }) => [view, table])).toEqual([
      ['events_2', 'events_2_events'],
      ['order', 'order_events'],
      ['order_events_2', 'order_events_2_events'],
    ]);
    expect(tables[0]!.columns.map(({ name }) => name)).toEqual([
      'id',
      'subject',
      'time',
      'receivedat',
      'data_id',
      'order',
    ]);
    expect(tables[1]!.createView).toContain('data.`a b` AS `a b`');
    expect(tables[0]!.createTable).toMatch(/^-- 标题: 说明\nCREATE TABLE/);
    for (const table of tables) expect(read({ ...table, view: `\`${table.view}\`` }, []).bad).toEqual([]);
  });

  test('windows go over the view, and a table of all events has data as JSON', () => {
    const [{ createTable, createView } = { createTable: '', createView: '' }] = eventTables(
      [eventType('deal.signed', {})],
      'en',
    );
    const run = new SqlRun(
      `${createTable}${createView} CREATE TABLE shown (n BIGINT) WITH ('connector' = 'print');
      INSERT INTO shown SELECT COUNT(*) FROM TUMBLE(TABLE deal_signed, DESCRIPTOR(receivedat), INTERVAL '1' MINUTE) GROUP BY window_start, window_end`,
    );
    run.send([event('deal.signed', 1, {}), { ...event('deal.lost', 2, {}), receivedat: '2026-01-01T00:02:00.000Z' }]);
    expect(run.texts()).toEqual([['1']]);
    const all = new SqlRun(
      `${allEventsTable('en').createTable} CREATE TABLE shown (type STRING, line STRING) WITH ('connector' = 'print');
      INSERT INTO shown SELECT type, JSON_VALUE(data, '$.line') FROM events`,
    );
    all.send([event('deal.signed', 1, { line: 'rental' })]);
    expect(all.texts()).toEqual([['deal.signed', 'rental']]);
  });
});
