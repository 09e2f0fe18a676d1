import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LookupJoinNode, PlanNode, SourceNode } from '../../planner/plan.ts';
import type { Row } from '../../values/data-type.ts';
import type { BadLookup } from '../job-options.ts';
import { boolean, call, columns, input, int, planOf, source, text, timestamp } from '../testing/plans.ts';
import { TestRun } from '../testing/run-job.ts';

const types = [int, timestamp];
const dimension = (source([int, text]) as SourceNode).table;
const lookup = (more: Partial<LookupJoinNode> = {}): PlanNode => ({
  kind: 'lookup-join',
  table: dimension,
  type: 'left',
  keys: [{ column: 0, value: input(0, int) }],
  inputCondition: null,
  condition: null,
  unread: [],
  lookup: { ordered: true, capacity: 100, timeoutMs: 1_000, retryMissed: null },
  inputs: [0],
  columns: columns([...types, int, text]),
  changelog: 'append',
  uniqueKey: null,
  ...more,
});
const from = source(types, { column: 1, delayMs: 0 });
const tableRows = (key: number): Row[] =>
  key === 3
    ? []
    : key === 2
      ? [
          [2, 'b'],
          [2, 'B'],
        ]
      : [[key, `name ${key}`]];
const answer = (job: TestRun, keys: readonly unknown[]): void =>
  job.job.onLookedUp(
    keys.map((key) => ({ node: 1, key: key as number, rows: tableRows(key as number) })),
    0,
  );

describe('lookup join', () => {
  test('rows wait for their answers in order, and watermarks behind them', () => {
    const job = new TestRun(planOf([from, lookup()]));
    job.step({
      rows: [
        [1, 10],
        [2, 20],
        [null, 30],
        [1, 40],
      ],
    });
    expect(job.changes).toEqual([]);
    expect(job.job.pendingLookups()).toEqual([
      { node: 1, key: 1, values: [1] },
      { node: 1, key: 2, values: [2] },
    ]);
    expect(job.job.pendingLookups()).toEqual([]);
    answer(job, [2]);
    expect(job.changes).toEqual([]);
    expect(job.job.watermarkMs(1)).toBe(-Infinity);
    answer(job, [1]);
    expect(job.changes).toEqual([
      ['+I', 1, 10, 1, 'name 1'],
      ['+I', 2, 20, 2, 'b'],
      ['+I', 2, 20, 2, 'B'],
      ['+I', null, 30, null, null],
      ['+I', 1, 40, 1, 'name 1'],
    ]);
    expect(job.job.watermarkMs(1)).toBe(40);
  });

  test('unordered, an answered row goes ahead, but never past a watermark', () => {
    const node = lookup({ lookup: { ordered: false, capacity: 100, timeoutMs: 1_000, retryMissed: null } });
    const job = new TestRun(planOf([from, node]));
    job.step({
      rows: [
        [1, 10],
        [4, 11],
      ],
    });
    job.step({ rows: [[5, 20]] });
    answer(job, [5]);
    expect(job.changes).toEqual([]);
    answer(job, [4]);
    expect(job.changes.map(([, key]) => key)).toEqual([4]);
    answer(job, [1]);
    expect(job.changes.map(([, key]) => key)).toEqual([4, 1, 5]);
  });

  test('an inner join drops what is not found; conditions on both rows count', () => {
    const only = call('=', boolean, input(3, text), {
      kind: 'literal',
      value: 'B',
      type: { ...text, nullable: false },
    });
    const job = new TestRun(planOf([from, lookup({ type: 'inner', condition: only })]));
    job.step({
      rows: [
        [1, 10],
        [2, 20],
        [3, 30],
      ],
    });
    answer(job, [1, 2, 3]);
    expect(job.changes).toEqual([['+I', 2, 20, 2, 'B']]);
  });

  test('a row that fails at the join or behind it is set aside as it came, and the others go on', () => {
    const share = call('/', int, input(0, int), input(2, int));
    const after: PlanNode = {
      kind: 'calc',
      condition: null,
      projections: [share],
      inputs: [1],
      columns: columns([int]),
      changelog: 'append',
      uniqueKey: null,
    };
    const zero: Row = [0, 'zero'];
    const bad: unknown[] = [];
    const go = (more: Parameters<typeof lookup>[0], onBadLookup?: (row: BadLookup) => void): TestRun => {
      const job = new TestRun(planOf([from, lookup(more), after]), onBadLookup === undefined ? {} : { onBadLookup });
      job.step({
        rows: [
          [1, 10],
          [4, 20],
          [2, 30],
        ],
      });
      job.job.onLookedUp(
        job.job
          .pendingLookups()
          .map(({ node, key }) => ({ node, key, rows: [key === 4 ? zero : [key as number, 'x']] })),
        0,
      );
      return job;
    };
    const setAside = ({ row, code }: BadLookup): void => void bad.push([...row, code]);
    expect(go({}, setAside).changes).toEqual([
      ['+I', 1],
      ['+I', 1],
    ]);
    expect(bad.splice(0)).toEqual([[4, 20, 'division-by-zero']]);
    const one = { kind: 'literal', value: 1, type: { ...int, nullable: false } } as const;
    const failing = call('=', boolean, call('/', int, input(0, int), input(2, int)), one);
    expect(go({ type: 'inner', condition: failing }, setAside).changes).toHaveLength(2);
    expect(bad.splice(0)).toEqual([[4, 20, 'division-by-zero']]);
    const key = call('/', int, one, call('-', int, input(0, int), { ...one, value: 4 }));
    go({ keys: [{ column: 0, value: key }] }, setAside);
    // The key itself fails before anything is asked, the calc behind the join afterwards.
    expect(bad.map((row) => (row as unknown[])[0])).toEqual([4, 1, 2]);
    expect(() => go({})).toThrow('/ by zero');
  });

  test('a full queue says so', () => {
    const node = lookup({ lookup: { ordered: true, capacity: 2, timeoutMs: 1_000, retryMissed: null } });
    const job = new TestRun(planOf([from, node]));
    job.step({ rows: [[1, 10]] });
    expect(job.job.lookupsFull).toBe(false);
    job.step({ rows: [[1, 10]] });
    expect(job.job.lookupsFull).toBe(true);
    answer(job, [1]);
    expect(job.job.lookupsFull).toBe(false);
  });

  test('rows that wait survive a kill and ask again', () => {
    const event = fc.oneof(
      fc.record({ key: fc.option(fc.integer({ min: 1, max: 4 })) }),
      fc.record({ answered: fc.integer({ min: 1, max: 4 }) }),
      fc.constant('kill' as const),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        const job = new TestRun(planOf([from, lookup()]));
        const sent: (number | null)[] = [];
        events.forEach((what, i) => {
          if (what === 'kill') job.restart([job.job.snapshot('full')]);
          else if ('answered' in what) answer(job, [what.answered]);
          else {
            sent.push(what.key);
            job.step({ rows: [[what.key, i]] });
          }
        });
        answer(job, [1, 2, 3, 4]);
        const expected = sent.flatMap((key) => (key === null || key === 3 ? [key] : tableRows(key).map(() => key)));
        expect(job.changes.map(([, key]) => key)).toEqual(expected);
      }),
    );
  });
});
