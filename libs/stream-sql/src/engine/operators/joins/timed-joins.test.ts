import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JoinType, PlanNode } from '../../../planner/plan.ts';
import type { Row, Value } from '../../../values/data-type.ts';
import { boolean, call, column, columns, input, int, planOf, source, timestamp } from '../../testing/plans.ts';
import { sameAfterRestarts } from '../../testing/restarts.ts';
import { rowText } from '../../testing/run-job.ts';

const OUTER: readonly JoinType[] = ['inner', 'left', 'right', 'full'];
const types = [int, timestamp, int];
const below = call('<', boolean, input(2, int), input(5, int));
/** So late that no row is: what is found does not depend on the order. */
const patient = { column: 1, delayMs: 1_000 };
const eager = { column: 1, delayMs: 3 };

type Batch = { readonly source: number; readonly rows: readonly Row[] };
const small = fc.integer({ min: 0, max: 2 });
const row = fc.tuple(fc.option(small, { freq: 6 }), fc.integer({ min: 0, max: 40 }), small);
const batches = fc.array(
  fc.record({ source: fc.constantFrom(0, 1), rows: fc.array(row, { minLength: 1, maxLength: 4 }) }),
  { maxLength: 10 },
);
const kills = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
const rowsOf = (all: readonly Batch[], from: number): Row[] =>
  all.filter(({ source: of }) => of === from).flatMap(({ rows }) => rows);

function joinOf(
  type: JoinType,
  left: readonly Row[],
  right: readonly Row[],
  match: (l: Row, r: Row) => boolean,
): string[] {
  const rows: Value[][] = [];
  const nulls = [null, null, null];
  const matches = (l: Row, r: Row): boolean => l[0] !== null && l[0] === r[0] && match(l, r);
  for (const l of left) {
    const found = right.filter((r) => matches(l, r));
    for (const r of found) if (type !== 'semi' && type !== 'anti') rows.push([...l, ...r]);
    if (found.length === 0 && (type === 'left' || type === 'full')) rows.push([...l, ...nulls]);
    if (type === 'semi' ? found.length > 0 : type === 'anti' && found.length === 0) rows.push([...l]);
  }
  if (type === 'right' || type === 'full')
    for (const r of right) if (!left.some((l) => matches(l, r))) rows.push([...nulls, ...r]);
  return rows.map((of) => rowText(['+I', ...of])).toSorted();
}

describe('interval join', () => {
  const joined = (type: JoinType, time: typeof patient, conditional: boolean): PlanNode[] => [
    source(types, time),
    source(types, time),
    {
      kind: 'interval-join',
      type,
      leftKeys: [0],
      rightKeys: [0],
      condition: conditional ? below : null,
      leftTime: 1,
      rightTime: 1,
      lowerMs: -5,
      upperMs: 3,
      eventTime: true,
      inputs: [0, 1],
      columns: columns([...types, ...types]),
      changelog: 'append',
      uniqueKey: null,
    },
  ];
  const near = (l: Row, r: Row): boolean => {
    const difference = (l[1] as number) - (r[1] as number);
    return difference >= -5 && difference <= 3;
  };

  test.each(OUTER)('%s: rows near each other meet once, rows alone leave once', (type) => {
    fc.assert(
      fc.property(batches, kills, fc.boolean(), (all, when, conditional) => {
        const changes = sameAfterRestarts(planOf(joined(type, patient, conditional)), all, when);
        const match = (l: Row, r: Row): boolean => near(l, r) && (!conditional || l[2]! < r[2]!);
        expect(changes.map(rowText).toSorted()).toEqual(joinOf(type, rowsOf(all, 0), rowsOf(all, 1), match));
      }),
    );
  });

  test('with late rows: no row is lost, none is both alone and matched, state goes with time', () => {
    fc.assert(
      fc.property(batches, kills, (all, when) => {
        const changes = sameAfterRestarts(planOf(joined('full', eager, false)), all, when);
        const texts = (list: readonly Row[]): string[] => list.map(rowText).toSorted();
        const pairs = changes.filter((change) => change[1 + 1] !== null && change[4 + 1] !== null);
        const aloneLeft = changes.filter((change) => change[5] === null).map((change) => change.slice(1, 4) as Row);
        const matched = new Set(pairs.map((change) => rowText(change.slice(1, 4) as Row)));
        const left = rowsOf(all, 0);
        expect(texts([...aloneLeft, ...left.filter((of) => matched.has(rowText(of)))]).length).toBeGreaterThanOrEqual(
          left.length,
        );
        for (const pair of pairs) expect(near(pair.slice(1, 4) as Row, pair.slice(4, 7) as Row)).toBe(true);
      }),
    );
  });
});

describe('window join', () => {
  const windowOf = (from: number): PlanNode => ({
    kind: 'window',
    window: { kind: 'tumble', sizeMs: 10, offsetMs: 0 },
    time: 1,
    inputs: [from],
    columns: [
      ...columns([int]),
      column('ts', timestamp, 'rowtime'),
      column('v', int),
      column('window_start', timestamp),
      column('window_end', timestamp),
      column('window_time', timestamp, 'rowtime'),
    ],
    changelog: 'append',
    uniqueKey: null,
  });
  const joined = (type: JoinType): PlanNode[] => {
    const sides = [source(types, patient), source(types, patient), windowOf(0), windowOf(1)];
    const single = type === 'semi' || type === 'anti';
    const join: PlanNode = {
      kind: 'join',
      type,
      leftKeys: [0, 3, 4],
      rightKeys: [0, 3, 4],
      condition: null,
      window: { leftEnd: 4, rightEnd: 4, eventTime: true },
      inputs: [2, 3],
      columns: single ? sides[2]!.columns : [...sides[2]!.columns, ...sides[3]!.columns],
      changelog: 'append',
      uniqueKey: null,
    };
    const calc: PlanNode = {
      kind: 'calc',
      condition: null,
      projections: (single ? [0, 1, 2] : [0, 1, 2, 6, 7, 8]).map((i) => input(i, i % 6 === 1 ? timestamp : int)),
      inputs: [4],
      columns: columns(single ? types : [...types, ...types]),
      changelog: 'append',
      uniqueKey: null,
    };
    return [...sides, join, calc];
  };

  test.each([...OUTER, 'semi', 'anti'] as const)('%s: rows of one window and key meet', (type) => {
    fc.assert(
      fc.property(batches, kills, (all, when) => {
        const changes = sameAfterRestarts(planOf(joined(type)), all, when);
        const window = (of: Row): number => Math.floor((of[1] as number) / 10);
        const expected = joinOf(type, rowsOf(all, 0), rowsOf(all, 1), (l, r) => window(l) === window(r));
        expect(changes.map(rowText).toSorted()).toEqual(expected);
      }),
    );
  });
});
