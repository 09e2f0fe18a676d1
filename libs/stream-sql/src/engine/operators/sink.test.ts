import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlanNode, PlanSettings, SourceNode, StreamPlan } from '../../planner/plan.ts';
import type { DataType, Value } from '../../values/data-type.ts';
import { aggregate, bigint, columns, int, planOf, settings, sink, source, text } from '../testing/plans.ts';
import { RowKind } from '../operator.ts';
import { sameAfterRestarts } from '../testing/restarts.ts';
import { run, TestRun } from '../testing/run-job.ts';

const into = (types: readonly DataType[], target: readonly DataType[], more: Partial<PlanSettings>): StreamPlan => {
  const { table } = source(target) as SourceNode;
  const from = source(types);
  return {
    ...planOf([from], more),
    nodes: [from, { ...sink(0, from.columns), kind: 'sink', table, written: null, upsertKey: null }],
  };
};
const of = (kind: 'CHAR' | 'VARCHAR' | 'BINARY' | 'VARBINARY', length: number): DataType => ({
  kind,
  length,
  nullable: true,
});

describe('sink', () => {
  test('a NULL for a NOT NULL column is a bad row, fails the run, or is dropped and counted', () => {
    const target: DataType[] = [{ ...int, nullable: false }];
    const steps = [{ rows: [[1], [null], [3]] }];
    const aside = new TestRun(into([int], target, {}));
    aside.step(steps[0]!);
    expect(aside.bad.map(({ row, code }) => [row, code])).toEqual([[1, 'not-null']]);
    expect(aside.changes).toEqual([
      ['+I', 1],
      ['+I', 3],
    ]);
    expect(() => run(into([int], target, {}), steps, { badRows: 'fail' })).toThrow(
      /column c0 of t is NOT NULL.*'DROP'/,
    );
    const job = new TestRun(into([int], target, { notNullEnforcer: 'DROP' }));
    job.step({ rows: [[1], [null], [2]] });
    expect(job.changes).toEqual([
      ['+I', 1],
      ['+I', 2],
    ]);
    expect(job.job.figures()[1]?.droppedRows).toBe(1);
  });

  test('a row that is taken back may have NULLs beside its key', () => {
    const plan = into([int, int], [int, { ...int, nullable: false }], {});
    const job = new TestRun(plan);
    job.job.onRows(0, 0, [[1, null]], 0, Uint8Array.of(RowKind.delete));
    expect(job.changes).toEqual([['-D', 1, null]]);
  });

  test.each<[string, DataType, DataType, Value, Value | RegExp]>([
    ['a long text', text, of('VARCHAR', 3), 'abcd', 'abc'],
    ['a text past the basic plane', text, of('VARCHAR', 2), '𝒳𝒴𝒵', '𝒳𝒴'],
    ['a short CHAR', text, of('CHAR', 3), 'a', 'a  '],
    ['a text that fits', text, of('VARCHAR', 3), 'abc', 'abc'],
    ['long bytes', of('VARBINARY', 99), of('VARBINARY', 2), Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2)],
    ['short BINARY', of('VARBINARY', 99), of('BINARY', 2), Uint8Array.of(1), Uint8Array.of(1, 0)],
    ['NULL', text, of('CHAR', 3), null, null],
  ])('TRIM_PAD makes %s fit', (_, from, target, value, expected) => {
    expect(run(into([from], [target], { typeLengthEnforcer: 'TRIM_PAD' }), [{ rows: [[value]] }])).toEqual([
      ['+I', expected],
    ]);
    expect(run(into([from], [target], {}), [{ rows: [[value]] }])).toEqual([['+I', value]]);
    const strict = (): unknown =>
      run(into([from], [target], { typeLengthEnforcer: 'ERROR' }), [{ rows: [[value]] }], { badRows: 'fail' });
    if (value === expected) strict();
    else expect(strict).toThrow(/column c0 of t takes/);
  });

  test('a target keyed otherwise than the query keeps the newest row of each key that is still there', () => {
    const counts: PlanNode = {
      kind: 'group-aggregate',
      keys: [0],
      aggregates: [aggregate('COUNT', bigint)],
      inputs: [0],
      columns: columns([int, bigint]),
      changelog: 'retract',
      uniqueKey: [0],
    };
    const plan: StreamPlan = {
      formatVersion: 2,
      settings,
      nodes: [source([int]), counts, sink(1, counts.columns, 'upsert', [1])],
    };
    const rows = fc.array(fc.array(fc.tuple(fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 3 }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(rows, fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1 }), (input, kills) => {
        const changes = sameAfterRestarts(
          plan,
          input.map((batch) => ({ rows: batch })),
          kills,
        );
        const target = new Map<Value, Value>();
        for (const [sign, key, count] of changes)
          if (sign === '-D') target.delete(count!);
          else target.set(count!, key!);
        const totals = new Map<number, number>();
        for (const [key] of input.flat()) totals.set(key, (totals.get(key) ?? 0) + 1);
        expect([...target.keys()].toSorted()).toEqual([...new Set(totals.values())].toSorted());
        for (const [count, key] of target) expect(totals.get(key as number)).toBe(count);
      }),
    );
  });
});
