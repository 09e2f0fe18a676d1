import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlanNode } from '../../../planner/plan.ts';
import type { Row } from '../../../values/data-type.ts';
import { adds, RowKind } from '../../operator.ts';
import { boolean, call, columns, input, int, planOf, source, timestamp } from '../../testing/plans.ts';
import { sameAfterRestarts } from '../../testing/restarts.ts';
import { rowText, TestRun } from '../../testing/run-job.ts';

const types = [int, timestamp, int];
const below = call('<', boolean, input(2, int), input(5, int));
const NULLS = [null, null, null];
type Type = 'inner' | 'left';

function joined(type: Type, delayMs: number, conditional: boolean, dropsBefore: boolean, retracts = true): PlanNode[] {
  const changing = { changelog: retracts ? 'retract' : 'append' } as const;
  return [
    { ...source(types, { column: 1, delayMs }), ...changing },
    { ...source(types, { column: 1, delayMs }), ...changing },
    {
      kind: 'temporal-join',
      type,
      leftKeys: [0],
      rightKeys: [0],
      condition: conditional ? below : null,
      leftTime: 1,
      rightTime: 1,
      dropsBefore,
      inputs: [0, 1],
      columns: columns([...types, ...types]),
      ...changing,
      uniqueKey: null,
    },
  ];
}

interface Event {
  readonly source: number;
  readonly kind: RowKind;
  readonly row: Row;
}

const small = fc.integer({ min: 0, max: 2 });
const kind = fc.constantFrom(RowKind.insert, RowKind.updateBefore, RowKind.updateAfter, RowKind.delete);
const event = fc.record({
  source: fc.constantFrom(0, 1),
  kind,
  row: fc.tuple(fc.option(small, { freq: 6 }), fc.integer({ min: 0, max: 30 }), small),
});
const kills = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
const stepsOf = (events: readonly Event[]): { source: number; rows: Row[]; kinds: RowKind[] }[] =>
  events.map(({ source: of, kind: is, row }) => ({ source: of, rows: [row], kinds: [is] }));
const SIGNS = ['+I', '-U', '+U', '-D'];

/** Every left row with what stood under its key at its time, looked for among all versions. */
function expected(events: readonly Event[], type: Type, conditional: boolean, dropsBefore: boolean): string[] {
  const versions = events.filter((each) => each.source === 1 && !(dropsBefore && each.kind === RowKind.updateBefore));
  return events
    .filter((each) => each.source === 0)
    .flatMap(({ kind: is, row: left }) => {
      const found = versions
        .filter(({ row }) => left[0] !== null && row[0] === left[0] && (row[1] as number) <= (left[1] as number))
        // A later one of the same time replaces the earlier one.
        .reduce<Event | undefined>(
          (best, each) => (best === undefined || (each.row[1] as number) >= (best.row[1] as number) ? each : best),
          undefined,
        );
      const matches =
        found !== undefined && adds(found.kind) && (!conditional || (left[2] as number) < (found.row[2] as number));
      if (matches) return [rowText([SIGNS[is]!, ...left, ...found.row])];
      return type === 'left' ? [rowText([SIGNS[is]!, ...left, ...NULLS])] : [];
    })
    .toSorted();
}

describe.each(['inner', 'left'] as const)('temporal join, %s', (type) => {
  test('with no row late in any order, each left row meets the version of its time', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 14 }),
        kills,
        fc.boolean(),
        fc.boolean(),
        (events, when, conditional, drops) => {
          const plan = planOf(joined(type, 1_000, conditional, drops));
          const changes = sameAfterRestarts(plan, stepsOf(events), when);
          expect(changes.map(rowText).toSorted()).toEqual(expected(events, type, conditional, drops));
        },
      ),
    );
  });

  test('while the watermark passes and old versions are forgotten, too', () => {
    const inOrder = fc.array(event, { maxLength: 20 }).map((events) => {
      // Left times are odd, versions' even, so that none comes at the instant at which another leaves.
      const times = [0, 1].map((of) =>
        events
          .filter((each) => each.source === of)
          .map(({ row }) => 2 * (row[1] as number) + (of === 0 ? 1 : 0))
          .toSorted((a, b) => a - b),
      );
      return events.map((each): Event => ({
        ...each,
        row: [each.row[0]!, times[each.source]!.shift()!, each.row[2]!],
      }));
    });
    fc.assert(
      fc.property(inOrder, kills, fc.boolean(), fc.boolean(), (events, when, conditional, drops) => {
        const plan = planOf(joined(type, 0, conditional, drops));
        const changes = sameAfterRestarts(plan, stepsOf(events), when);
        expect(changes.map(rowText).toSorted()).toEqual(expected(events, type, conditional, drops));
      }),
    );
  });
});

test('of versions that the watermark has passed the newest is kept, and no left row', () => {
  const run = new TestRun(planOf(joined('left', 0, false, true)));
  const at = (from: number): Row[] => Array.from({ length: 500 }, (_, i): Row => [i % 5, from + i, i]);
  run.step({ source: 1, rows: at(0) });
  run.step({ source: 0, rows: at(0) });
  const before = run.job.snapshot('full').length;
  run.step({ source: 1, rows: at(1_000) });
  run.step({ source: 0, rows: at(1_000) });
  expect(run.job.snapshot('full').length).toBeLessThan(before * 1.1);
  expect(before).toBeLessThan(1_000);
});

test('a row without a time is a bad row, on both sides', () => {
  const run = new TestRun(planOf(joined('left', 0, false, true)));
  run.step({ source: 0, rows: [[1, null, 1]] });
  run.step({ source: 1, rows: [[1, null, 1]] });
  run.end();
  expect(run.bad.map(({ source: of, code }) => [of, code])).toEqual([
    [0, 'null-time'],
    [1, 'null-time'],
  ]);
  expect(run.changes).toEqual([]);
});
