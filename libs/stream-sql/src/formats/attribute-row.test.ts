import { AttributesSet } from '@hermes/contracts/attributes';
import { describe, expect, test } from 'vitest';
import { Job } from '../operators/job.ts';
import type { ProfileSinkPlan } from '../plan/job-plan.ts';
import type { Row } from '../types/data-type.ts';
import { planOf, recordOf } from '../testing/run-sql.ts';
import { attributeRowCheck, attributeRowWriter } from './attribute-row.ts';

const COLUMNS = `subject STRING, tier STRING, score DOUBLE, price DECIMAL(15, 2), n BIGINT, vip BOOLEAN`;
const sqlOf = (columns = '', declared = COLUMNS): string =>
  `CREATE TABLE events (${declared}) WITH ('connector' = 'kafka', 'topic' = 'demo.events', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
  CREATE TABLE attributes (${declared.replace('STRING', 'STRING NOT NULL')}, PRIMARY KEY (subject) NOT ENFORCED) WITH ('connector' = 'hermes-profile');
  INSERT INTO attributes ${columns} SELECT ${columns === '' ? '*' : columns.slice(1, -1)} FROM events`;

/** The lines that these events are written as, and why the others are not. */
function write(events: readonly unknown[], columns?: string, declared?: string): { lines: unknown[]; bad: string[] } {
  const plan = planOf(sqlOf(columns, declared));
  const job = new Job(plan);
  job.assign([0], 0);
  const { rows, bad } = job.onBatch(
    events.map((event, i) => recordOf(event, i)),
    0,
  );
  const line = attributeRowWriter(plan.sink as ProfileSinkPlan);
  return { lines: rows.map((row) => JSON.parse(line(row)) as unknown), bad: bad.map(({ code }) => code) };
}

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
    const plan = planOf(sqlOf());
    const sink = plan.sink as ProfileSinkPlan;
    const allowed: Readonly<Record<string, readonly (string | number)[]>> = { tier: ['gold'], price: [1.5], n: [3] };
    const columns = sink.columns.map((column) => {
      const values = allowed[column.name];
      return values === undefined ? column : { ...column, allowed: values };
    });
    const check = attributeRowCheck({ ...sink, columns });
    const row = (tier: string | null, price: bigint | null, n: bigint | null): Row => [
      'customer:c-1',
      tier,
      0.5,
      price,
      n,
      true,
    ];
    check(row('gold', 150n, 3n));
    check(row(null, null, null));
    for (const bad of [row('silver', 150n, 3n), row('gold', 151n, 3n), row('gold', 150n, 4n)])
      expect(() => check(bad)).toThrow('does not take');
  });
});
