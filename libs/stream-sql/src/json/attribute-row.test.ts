import { AttributesSet } from '@hermes/contracts/attributes';
import { describe, expect, test } from 'vitest';
import { SqlRun } from '../testing/run-sql.ts';
import type { Row } from '../values/data-type.ts';
import { attributeRowCheck, attributeRowWriter } from './attribute-row.ts';

const COLUMNS = `subject STRING, tier STRING, score DOUBLE, price DECIMAL(15, 2), n BIGINT, vip BOOLEAN`;
const sqlOf = (columns = '', declared = COLUMNS): string =>
  `CREATE TABLE events (${declared}) WITH ('connector' = 'kafka', 'topic' = 'demo.events', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
  CREATE TABLE attributes (${declared.replace('STRING', 'STRING NOT NULL')}, PRIMARY KEY (subject) NOT ENFORCED) WITH ('connector' = 'hermes-profile');
  INSERT INTO attributes ${columns} SELECT ${columns === '' ? '*' : columns.slice(1, -1)} FROM events`;

/** The lines that these events are written as, and why the others are not. */
function write(events: readonly unknown[], columns?: string, declared?: string): { lines: unknown[]; bad: string[] } {
  const run = new SqlRun(sqlOf(columns, declared), {
    check: (row, written) => attributeRowCheck({ subject: subjectOf(written), columns: written })(row),
  });
  run.send(events);
  const line = attributeRowWriter({ subject: subjectOf(run.columns), columns: run.columns });
  return { lines: run.rows.map((row) => JSON.parse(line(row)) as unknown), bad: run.bad };
}

const subjectOf = (columns: readonly { readonly name: string }[]): number =>
  columns.findIndex(({ name }) => name === 'subject');

describe('a row of attributes', () => {
  test('is the subject and every other column by its name, numbers as numbers, NULL as null', () => {
    const { lines } = write([
      { subject: 'customer:c-1', tier: '金', score: 0.1, price: '9999999999999.99', n: 9007199254740991, vip: true },
      { subject: 'customer:c-2' },
      { subject: 'customer:c-3', tier: '金'.repeat(340) },
    ]);
    expect(lines.pop()).toMatchObject(['customer:c-3', {}]);
    expect(lines).toEqual([
      ['customer:c-1', { tier: '金', score: 0.1, price: 9999999999999.99, n: 9007199254740991, vip: true }],
      ['customer:c-2', { tier: null, score: null, price: null, n: null, vip: null }],
    ]);
    for (const line of lines) {
      const [, attributes] = line as [string, unknown];
      expect(AttributesSet.safeParse({ attributes, by: 'sql:j-1' }).success).toBe(true);
    }
  });

  test('has only the named columns when INSERT INTO names some, so that the others stay as they are', () => {
    const { lines } = write([{ subject: 'customer:c-1', tier: 'gold', score: 1 }], '(tier, subject)');
    expect(lines).toEqual([['customer:c-1', { tier: 'gold' }]]);
  });

  test.each([
    [{ subject: null }, 'not-null'],
    [{ subject: 'c-1' }, 'bad-subject'],
    [{ subject: `customer:${'x'.repeat(256)}` }, 'bad-subject'],
    [{ subject: 'customer:c-1', n: '9007199254740993' }, 'not-exact'],
    [{ subject: 'customer:c-1', score: '1e999' }, 'not-a-number'],
    [{ subject: 'customer:c-1', tier: 'x'.repeat(1_023) }, 'attribute-too-long'],
    [{ subject: 'customer:c-1', tier: '金'.repeat(341) }, 'attribute-too-long'],
  ])('%o is a dead letter: %s', (event, code) => {
    const { lines, bad } = write([{ subject: 'customer:c-0' }, event]);
    expect({ lines: lines.length, bad }).toEqual({ lines: 1, bad: [code] });
  });

  test('is a dead letter when its event would not fit the inbox, by its bytes', () => {
    const names = Array.from({ length: 40 }, (_, i) => `t${i}`);
    const declared = `subject STRING, ${names.map((name) => `${name} STRING`).join(', ')}`;
    const row = (length: number): unknown =>
      Object.fromEntries([['subject', 'customer:c-1'], ...names.map((name) => [name, 'x'.repeat(length)])]);
    expect(write([row(740), row(770)], '', declared)).toMatchObject({
      lines: [['customer:c-1', {}]],
      bad: ['attribute-too-long'],
    });
  });

  test('is a dead letter when a value is not one of those that the attribute takes; NULL always is', () => {
    const allowed: Readonly<Record<string, readonly (string | number)[]>> = { tier: ['gold'], price: [1.5], n: [3] };
    const { columns: written } = new SqlRun(sqlOf());
    const columns = written.map(({ name, type }) => ({ name, type, allowed: allowed[name] }));
    const check = attributeRowCheck({ subject: subjectOf(written), columns });
    const row = (tier: string | null, price: number | null, n: number | null): Row => [
      'customer:c-1',
      tier,
      0.5,
      price,
      n,
      true,
    ];
    check(row('gold', 150, 3));
    check(row(null, null, null));
    for (const bad of [row('silver', 150, 3), row('gold', 151, 3), row('gold', 150, 4)])
      expect(() => check(bad)).toThrow('does not take');
  });
});
