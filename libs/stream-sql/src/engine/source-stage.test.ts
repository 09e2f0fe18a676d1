import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EvaluationError } from '../builtin/signature.ts';
import type { PlanExpression } from '../planner/expression.ts';
import type { Column, PlanNode, SourceNode, StreamPlan } from '../planner/plan.ts';
import type { DataType, Row, Value } from '../values/data-type.ts';
import type { BatchColumn, ColumnBatch } from './column-batch.ts';
import { JobFailure } from './job-options.ts';
import { StreamJob } from './stream-job.ts';
import { localFunctions } from './testing/local-functions.ts';
import {
  bigint,
  boolean,
  call,
  columns,
  input,
  int,
  literal,
  planOf,
  sink,
  source,
  text,
  timestamp,
} from './testing/plans.ts';
import { run, TestRun, type Change } from './testing/run-job.ts';

const calc = (from: number, condition: PlanExpression | null, projections: readonly PlanExpression[]): PlanNode => ({
  kind: 'calc',
  condition,
  projections,
  inputs: [from],
  columns: columns(projections.map(({ type }) => type)),
  changelog: 'append',
  uniqueKey: null,
});

const row: DataType = {
  kind: 'ROW',
  nullable: true,
  fields: [
    { name: 'a', type: int },
    { name: 'b', type: text },
  ],
};
const types = [bigint, boolean, text, row, { kind: 'ARRAY', element: int, nullable: true } satisfies DataType];

/** The same rows as a format's reader leaves them. */
function batchOf(rows: readonly Row[], of: readonly DataType[] = types): ColumnBatch {
  const encoder = new TextEncoder();
  const columnOf = (values: readonly Value[], type: DataType): BatchColumn => {
    const nulls = Uint8Array.from(values, (value) => Number(value === null));
    switch (type.kind) {
      case 'BIGINT':
      case 'INT':
      case 'TIMESTAMP':
        return {
          kind: 'number',
          nulls,
          values: Float64Array.from(values, (value) => (typeof value === 'number' ? value : 0)),
          big: new Map(values.flatMap((value, i) => (typeof value === 'bigint' ? [[i, value] as const] : []))),
        };
      case 'BOOLEAN':
        return { kind: 'boolean', nulls, values: Uint8Array.from(values, (value) => Number(value === true)) };
      case 'VARCHAR': {
        const bytes = values.map((value) => encoder.encode((value as string | null) ?? 'no text'));
        return {
          kind: 'text',
          nulls,
          at: (i) => new TextDecoder().decode(bytes[i]),
          is: (i, utf8) => bytes[i]!.length === utf8.length && bytes[i]!.every((byte, at) => byte === utf8[at]),
        };
      }
      case 'ROW':
        return {
          kind: 'row',
          nulls,
          fields: type.fields.map((field, at) =>
            columnOf(
              values.map((value) => (value as Row | null)?.[at] ?? null),
              field.type,
            ),
          ),
        };
      default:
        return { kind: 'value', nulls, values };
    }
  };
  return {
    length: rows.length,
    columns: of.map((type, at) =>
      columnOf(
        rows.map((values) => values[at]!),
        type,
      ),
    ),
    records: Int32Array.from(rows.keys()),
  };
}

function runBatch(plan: StreamPlan, batch: ColumnBatch): Change[] {
  const job = new TestRun(plan);
  job.job.onBatch(0, 0, batch, 0);
  return job.changes;
}

describe('the stage of a source', () => {
  const values = fc.tuple(
    fc.option(fc.oneof(fc.integer(), fc.constant(9007199254740993n))),
    fc.option(fc.boolean()),
    fc.option(fc.constantFrom('', 'apple', 'ä', '𝒳', 'b')),
    fc.option(fc.tuple(fc.option(fc.integer()), fc.option(fc.constantFrom('x', 'y')))),
    fc.option(fc.array(fc.integer({ min: 0, max: 9 }))),
  );
  const field = (index: number, type: DataType): PlanExpression => ({ kind: 'field', index, of: input(3, row), type });
  const apple = call('=', boolean, input(2, text), literal('apple', text));
  const plans: [string, PlanNode[]][] = [
    ['all columns', [source(types)]],
    ['fields of rows', [source(types), calc(0, null, [field(0, int), field(1, text), input(0, bigint)])]],
    ['a text that is compared', [source(types), calc(0, apple, [input(0, bigint)])]],
    [
      'a text that is compared in OR, and NOT',
      [
        source(types),
        calc(0, call('OR', boolean, apple, call('=', boolean, input(2, text), literal('ä', text))), [input(2, text)]),
        calc(1, call('<>', boolean, input(0, text), literal('𝒳', text)), [
          input(0, text),
          call('UPPER', text, input(0, text)),
        ]),
      ],
    ],
    ['a condition on booleans', [source(types), calc(0, input(1, boolean), [input(3, row), input(4, types[4]!)])]],
  ];

  test.each(plans)('reads columns and rows the same: %s', (_, nodes) => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 10 }), (rows) => {
        expect(runBatch(planOf(nodes), batchOf(rows))).toEqual(run(planOf(nodes), [{ rows }]));
      }),
    );
  });

  test('a record that fails in one of two readers reaches neither, and is set aside by its place', () => {
    const nodes: PlanNode[] = [
      source([int, int]),
      calc(0, null, [input(0, int)]),
      calc(0, null, [call('/', int, input(0, int), input(1, int))]),
      sink(1, columns([int])),
      sink(2, columns([int])),
    ];
    const plan: StreamPlan = { ...planOf([source([int])]), nodes };
    const rows = [
      [6, 2],
      [1, 0],
      [8, 2],
    ];
    const job = new TestRun(plan);
    job.step({ rows });
    expect(job.changes).toEqual([
      ['+I', 6],
      ['+I', 3],
      ['+I', 8],
      ['+I', 4],
    ]);
    expect(job.bad).toEqual([{ source: 0, partition: 0, row: 1, code: 'division-by-zero', reason: '/ by zero' }]);
    expect(() => run(plan, [{ rows }], { badRows: 'fail' })).toThrow(JobFailure);
  });

  test('a record whose row one sink does not take reaches no other sink', () => {
    const nodes: PlanNode[] = [source([int]), sink(0, columns([int])), sink(0, columns([int]))];
    const plan: StreamPlan = { ...planOf([source([int])]), nodes };
    const taken: unknown[] = [];
    const job = new TestRun(plan, {
      sink: (node) => ({
        push: (_, row) => void taken.push([node, row[0]]),
        check([value]) {
          if (node === 2 && value === 2) throw new EvaluationError('not-even-so', 'two is not taken');
        },
      }),
    });
    job.step({ rows: [[1], [2], [3]] });
    expect(taken).toEqual([1, 3].flatMap((value) => [1, 2].map((node) => [node, value])));
    expect(job.bad).toEqual([{ source: 0, partition: 0, row: 1, code: 'not-even-so', reason: 'two is not taken' }]);
  });

  test('an expression that fails behind state fails the run', () => {
    const group: PlanNode = {
      kind: 'group-aggregate',
      keys: [0],
      aggregates: [],
      inputs: [0],
      columns: columns([int]),
      changelog: 'append',
      uniqueKey: [0],
    };
    const plan = planOf([source([int]), group, calc(1, null, [call('/', int, literal(1, int), input(0, int))])]);
    expect(() => run(plan, [{ rows: [[0]] }])).toThrow(JobFailure);
  });

  test('computed columns come from the record, whatever stands in their place', () => {
    const from = source([int, int]) as SourceNode & PlanNode;
    const table = {
      ...from.table,
      columns: from.table.columns.map((column, i) =>
        i === 1
          ? ({ ...column, kind: 'computed', expression: call('+', int, input(0, int), literal(1, int)) } as const)
          : column,
      ),
    };
    expect(run(planOf([{ ...from, table }]), [{ rows: [[5, 99]] }])).toEqual([['+I', 5, 6]]);
  });

  test('RAND() of a calc is one value for all who read it', () => {
    let next = 0;
    const plan = planOf([
      source([int]),
      calc(0, null, [call('RAND', { ...int, nullable: false })]),
      calc(1, null, [input(0, int), input(0, int)]),
    ]);
    expect(run(plan, [{ rows: [[1], [2]] }], { random: () => next++ })).toEqual([
      ['+I', 0, 0],
      ['+I', 1, 1],
    ]);
  });

  test('UNION ALL has the rows of all its inputs, and the least of their watermarks', () => {
    const timed = source([timestamp], { column: 0, delayMs: 0 });
    const union: PlanNode = {
      kind: 'union',
      inputs: [0, 1],
      columns: timed.columns,
      changelog: 'append',
      uniqueKey: null,
    };
    const job = new TestRun(planOf([timed, timed, union]));
    job.step({ rows: [[5]], source: 0 });
    expect(job.job.watermarkMs(2)).toBe(-Infinity);
    job.step({ rows: [[3]], source: 1 });
    expect(job.job.watermarkMs(2)).toBe(3);
    expect(job.changes).toEqual([
      ['+I', 5],
      ['+I', 3],
    ]);
    job.step({ end: true, source: 1 });
    expect(job.job.watermarkMs(2)).toBe(5);
  });
});

describe('watermarks', () => {
  const timed = source([timestamp], { column: 0, delayMs: 1 });
  const watermarks = (job: StreamJob): number => job.watermarkMs(0);
  const make = (idleTimeoutMs: number, more: Partial<ConstructorParameters<typeof StreamJob>[1]> = {}): StreamJob =>
    new StreamJob(planOf([timed], { idleTimeoutMs }), {
      functions: localFunctions,
      random: () => 0,
      sink: () => ({ push: () => undefined }),
      badRows: 'fail',
      ...more,
    });

  test('the slowest partition holds the watermark back until it is idle, and never takes it back', () => {
    const job = make(1_000);
    job.assign(0, [0, 1], 0);
    job.onRows(0, 0, [[50], [40]], 10);
    expect(watermarks(job)).toBe(-Infinity);
    job.advance(1_000);
    expect(watermarks(job)).toBe(49);
    job.onRows(0, 1, [[20]], 1_001);
    expect(watermarks(job)).toBe(49);
    job.onRows(0, 1, [[70]], 1_002);
    expect(watermarks(job)).toBe(49);
    job.onRows(0, 0, [[60]], 1_003);
    expect(watermarks(job)).toBe(59);
  });

  test('a source that is idle as a whole does not hold back who reads another one, too', () => {
    const union: PlanNode = {
      kind: 'union',
      inputs: [0, 1],
      columns: timed.columns,
      changelog: 'append',
      uniqueKey: null,
    };
    const job = new TestRun(planOf([timed, timed, union], { idleTimeoutMs: 1_000 }));
    job.step({ rows: [[50]], source: 0, nowMs: 900 });
    expect(job.job.watermarkMs(2)).toBe(-Infinity);
    job.step({ nowMs: 1_000 });
    expect(job.job.watermarkMs(2)).toBe(49);
    job.step({ nowMs: 5_000 });
    expect(job.job.watermarkMs(2)).toBe(49);
  });

  test('without an idle timeout a silent partition holds it back for ever', () => {
    const job = make(0);
    job.assign(0, [0, 1], 0);
    job.onRows(0, 0, [[50]], 10);
    job.advance(10_000_000);
    expect(watermarks(job)).toBe(-Infinity);
  });

  test('a partition that is at its end does not hold back the others, and the last one nobody', () => {
    const job = make(0);
    job.assign(0, [0, 1], 0);
    job.onRows(0, 0, [[50]], 1);
    job.onRows(0, 1, [[20]], 2);
    job.onPartitionEnd(0, 1, 3);
    expect(watermarks(job)).toBe(49);
    job.onPartitionEnd(0, 0, 4);
    expect(watermarks(job)).toBe(49);
    job.onEnd(0, 5);
    expect(watermarks(job)).toBe(Infinity);
  });

  test('a filter does not hide records from the watermark', () => {
    const plan = planOf([timed, calc(0, literal(false, boolean), [input(0, timestamp)])]);
    const job = new TestRun(plan);
    job.step({ rows: [[50]] });
    expect(job.job.watermarkMs(1)).toBe(49);
    expect(job.changes).toEqual([]);
  });

  test('per record, the second record of a batch may be late for the first', () => {
    const window: PlanNode = {
      kind: 'window-aggregate',
      window: { kind: 'tumble', sizeMs: 10, offsetMs: 0 },
      time: 0,
      keys: [],
      aggregates: [{ function: 'COUNT', arguments: [], distinct: false, filter: null, type: bigint }],
      properties: [],
      inputs: [0],
      columns: columns([bigint]) as Column[],
      changelog: 'append',
      uniqueKey: null,
    };
    const steps = [{ rows: [[5], [30], [6]] }, { end: true as const }];
    expect(run(planOf([timed, window]), steps)).toEqual([
      ['+I', 2],
      ['+I', 1],
    ]);
    expect(run(planOf([timed, window]), steps, { watermarks: 'record' })).toEqual([
      ['+I', 1],
      ['+I', 1],
    ]);
  });
});
