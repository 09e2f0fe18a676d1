import { expect, test } from 'vitest';
import type { PlanNode, WindowSpec } from '../../planner/plan.ts';
import type { DataType, Row, Value } from '../../values/data-type.ts';
import { column, columns, input, int, literal, planOf, source, text, timestamp } from '../testing/plans.ts';
import { sameAfterRestarts } from '../testing/restarts.ts';
import { run } from '../testing/run-job.ts';

const element: DataType = {
  kind: 'ROW',
  nullable: true,
  fields: [
    { name: 'a', type: int },
    { name: 'b', type: text },
  ],
};

test.each<[string, DataType, Value, Row[]]>([
  ['an array', { kind: 'ARRAY', element: int, nullable: true }, [1, null], [[1], [null]]],
  ['an array of rows', { kind: 'ARRAY', element, nullable: true }, [[1, 'x'], null], [[1, 'x']]],
  ['a map', { kind: 'MAP', key: text, value: int, nullable: true }, new Map([['a', 1]]), [['a', 1]]],
  ['a multiset', { kind: 'MULTISET', element: text, nullable: true }, new Map([['a', 2]]), [['a'], ['a']]],
])('UNNEST of %s', (_, type, value, elements) => {
  const width = elements[0]!.length;
  const node = (kind: 'inner' | 'left', ordinality: boolean): PlanNode => ({
    kind: 'unnest',
    collection: input(1, type),
    type: kind,
    ordinality,
    inputs: [0],
    columns: columns(Array.from({ length: 2 + width + Number(ordinality) }, () => int)),
    changelog: 'append',
    uniqueKey: null,
  });
  const rows = [
    [7, value],
    [8, null],
  ];
  const nulls = Array.from({ length: width }, () => null);
  expect(run(planOf([source([int, type]), node('inner', false)]), [{ rows }])).toEqual(
    elements.map((of) => ['+I', 7, value, ...of]),
  );
  expect(run(planOf([source([int, type]), node('left', true)]), [{ rows }])).toEqual([
    ...elements.map((of, i) => ['+I', 7, value, ...of, i + 1]),
    ['+I', 8, null, ...nulls, null],
  ]);
});

test('VALUES come once, also after a restore', () => {
  const values: PlanNode = {
    kind: 'values',
    rows: [[literal(1, int)], [literal(null, int)]],
    inputs: [],
    columns: columns([int]),
    changelog: 'append',
    uniqueKey: null,
  };
  expect(sameAfterRestarts(planOf([values]), [{ nowMs: 1 }, { nowMs: 2 }], [3])).toEqual([
    ['+I', 1],
    ['+I', null],
  ]);
});

const windows = (window: WindowSpec): PlanNode[] => [
  source([int, timestamp], { column: 1, delayMs: 0 }),
  {
    kind: 'window',
    window,
    time: 1,
    inputs: [0],
    columns: [
      ...columns([int]),
      column('ts', timestamp, 'rowtime'),
      column('window_start', timestamp),
      column('window_end', timestamp),
      column('window_time', timestamp, 'rowtime'),
    ],
    changelog: 'append',
    uniqueKey: null,
  },
];

test.each<[string, WindowSpec, number[][]]>([
  ['TUMBLE', { kind: 'tumble', sizeMs: 10, offsetMs: 3 }, [[3, 13]]],
  [
    'HOP',
    { kind: 'hop', slideMs: 5, sizeMs: 10, offsetMs: 0 },
    [
      [0, 10],
      [5, 15],
    ],
  ],
  ['HOP with gaps between its windows', { kind: 'hop', slideMs: 20, sizeMs: 5, offsetMs: 0 }, []],
  [
    'CUMULATE',
    { kind: 'cumulate', stepMs: 5, sizeMs: 15, offsetMs: 0 },
    [
      [0, 10],
      [0, 15],
    ],
  ],
])('%s alone gives each row for each of its windows at once, late or not', (_, window, expected) => {
  expect(
    run(planOf(windows(window)), [{ rows: [[1, 100]] }, { rows: [[2, 7]] }]).filter(([, key]) => key === 2),
  ).toEqual(expected.map(([start, end]) => ['+I', 2, 7, start, end, end! - 1]));
});

test('SESSION alone gives rows when their session is complete', () => {
  const plan = planOf(windows({ kind: 'session', gapMs: 10, partition: [0] }));
  const steps = [
    { rows: [[1, 5]] },
    {
      rows: [
        [1, 12],
        [2, 6],
      ],
    },
    { rows: [[1, 30]] },
    { rows: [[1, 7]] },
  ];
  expect(sameAfterRestarts(plan, steps, [3, 4])).toEqual([
    ['+I', 2, 6, 6, 16, 15],
    ['+I', 1, 5, 5, 22, 21],
    ['+I', 1, 12, 5, 22, 21],
    ['+I', 1, 30, 30, 40, 39],
  ]);
});
