import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AggregateCall, PlanNode, WindowAggregateNode, WindowSpec } from '../../../planner/plan.ts';
import type { Row } from '../../../values/data-type.ts';
import {
  aggregate,
  bigint,
  column,
  columns,
  instant,
  int,
  planOf,
  source,
  text,
  timestamp,
} from '../../testing/plans.ts';
import { sameAfterRestarts } from '../../testing/restarts.ts';
import { rowText, run, TestRun, type Step } from '../../testing/run-job.ts';

const count = aggregate('COUNT', bigint);
const types = [int, timestamp, int];
const windowed = (
  window: WindowAggregateNode['window'],
  aggregates: readonly AggregateCall[],
  from: PlanNode = source(types, { column: 1, delayMs: 2 }),
): PlanNode[] => [
  from,
  {
    kind: 'window-aggregate',
    window,
    time: 1,
    keys: [0],
    aggregates,
    properties: ['window_start', 'window_end', 'window_time'],
    inputs: [0],
    columns: [
      ...columns([int, ...aggregates.map(({ type }) => type)]),
      column('window_start', timestamp),
      column('window_end', timestamp),
      column('window_time', timestamp, 'rowtime'),
    ],
    changelog: 'append',
    uniqueKey: null,
  },
];
const tumble: WindowSpec = { kind: 'tumble', sizeMs: 10, offsetMs: 0 };
const hop: WindowSpec = { kind: 'hop', slideMs: 5, sizeMs: 15, offsetMs: 1 };
const cumulate: WindowSpec = { kind: 'cumulate', stepMs: 4, sizeMs: 12, offsetMs: 0 };
const session: WindowSpec = { kind: 'session', gapMs: 6, partition: [0] };

describe('window aggregate', () => {
  test('a window comes out when the watermark reaches its last millisecond', () => {
    const steps: Step[] = [{ rows: [[1, 3, 0]] }, { rows: [[1, 10, 0]] }, { rows: [[1, 11, 0]] }];
    expect(run(planOf(windowed(tumble, [count])), steps.slice(0, 2))).toEqual([]);
    expect(run(planOf(windowed(tumble, [count])), steps)).toEqual([['+I', 1, 1, 0, 10, 9]]);
  });

  test('a late row is counted, handed out if asked, and in no result', () => {
    const job = new TestRun(planOf(windowed(tumble, [count]), { keepLateRows: true }));
    for (const rows of [[[1, 3, 0]], [[1, 25, 0]], [[1, 9, 7]]] as Row[][]) job.step({ rows });
    job.end();
    expect(job.changes).toEqual([
      ['+I', 1, 1, 0, 10, 9],
      ['+I', 1, 1, 20, 30, 29],
    ]);
    expect(job.late).toEqual([[1, 9, 7]]);
    expect(job.job.figures()[1]?.lateRows).toBe(1);
  });

  test('a row whose slice is out still counts in the windows of HOP that are not', () => {
    const changes = run(planOf(windowed(hop, [count])), [
      { rows: [[1, 2, 0]] },
      { rows: [[1, 9, 0]] },
      // The watermark is 7: the window that ends at 6 is out, those that end at 11 and 16 are not.
      { rows: [[1, 3, 0]] },
      { end: true },
    ]);
    expect(changes.map(([, key, rows, start, end]) => [key, rows, start, end])).toEqual([
      [1, 1, -9, 6],
      [1, 3, -4, 11],
      [1, 3, 1, 16],
      [1, 1, 6, 21],
    ]);
  });

  test('sessions grow together when a row closes the gap', () => {
    const changes = run(planOf(windowed(session, [count], source(types, { column: 1, delayMs: 20 }))), [
      {
        rows: [
          [1, 0, 0],
          [1, 12, 0],
          [2, 5, 0],
          [1, 6, 0],
        ],
      },
      { end: true },
    ]);
    expect(changes.map((change) => change.slice(1, 5))).toEqual([
      [2, 1, 5, 11],
      [1, 3, 0, 18],
    ]);
  });

  test('a record without time is a dead letter, and the others go on', () => {
    const job = new TestRun(planOf(windowed(tumble, [count])));
    job.step({
      rows: [
        [1, 3, 0],
        [1, null, 0],
        [1, 4, 0],
      ],
    });
    job.end();
    expect(job.bad.map(({ row, code }) => [row, code])).toEqual([[1, 'null-time']]);
    expect(job.changes.map((change) => change[2])).toEqual([2]);
  });

  test.each<[string, string, string, string]>([
    ['a day of 23 hours', '2026-03-29T00:00:00+01:00', '2026-03-29T23:59:59.999+02:00', 'Europe/Berlin'],
    ['a day of 25 hours', '2026-10-25T00:00:00+02:00', '2026-10-25T23:59:59.999+01:00', 'Europe/Berlin'],
    ['a day', '2026-10-25T00:00:00+08:00', '2026-10-25T23:59:59.999+08:00', 'Asia/Shanghai'],
  ])('windows of TIMESTAMP_LTZ follow the wall clock: %s', (_, first, last, timeZone) => {
    const day: WindowSpec = { kind: 'tumble', sizeMs: 86_400_000, offsetMs: 0 };
    const from = source([int, instant, int], { column: 1, delayMs: 0 });
    const changes = run(planOf(windowed(day, [count], from), { timeZone }), [
      { rows: [[1, Date.parse(first), 0]] },
      { rows: [[1, Date.parse(last) - 1, 0]] },
      { rows: [[1, Date.parse(last), 0]] },
      { rows: [[1, Date.parse(last) + 1, 0]] },
    ]);
    const start = Date.parse(`${first.slice(0, 10)}T00:00:00Z`);
    expect(changes).toEqual([['+I', 1, 3, start, start + 86_400_000, Date.parse(last)]]);
  });

  test('windows in processing time come out when the time has come, without a record', () => {
    const from = source([int, instant, int]);
    const proctime: PlanNode = {
      ...from,
      columns: from.columns.map((of, i) => (i === 1 ? { ...of, attribute: 'proctime' } : of)),
    };
    const plan = planOf(windowed(tumble, [count], proctime));
    const steps: Step[] = [
      { rows: [[1, null, 0]], nowMs: 1_003 },
      { rows: [[1, null, 0]], nowMs: 1_008 },
      { nowMs: 1_009 },
      { rows: [[1, null, 0]], nowMs: 1_012 },
    ];
    expect(run(plan, steps)).toEqual([['+I', 1, 2, 1_000, 1_010, 1_009]]);
    sameAfterRestarts(plan, steps, [3]);
  });
});

describe('windows of windows that have lost their time attribute', () => {
  const second = (from: number): PlanNode => ({
    kind: 'window-aggregate',
    window: { kind: 'attached', start: 2, end: 3 },
    time: 3,
    keys: [],
    aggregates: [count],
    properties: ['window_end'],
    inputs: [from],
    columns: columns([bigint, timestamp]),
    changelog: 'append',
    uniqueKey: null,
  });
  const day: WindowSpec = { kind: 'tumble', sizeMs: 86_400_000, offsetMs: 0 };

  test('are complete with the wall clock of theirs', () => {
    const from = source([int, instant, int], { column: 1, delayMs: 0 });
    const plan = planOf([...windowed(day, [count], from), second(1)], { timeZone: 'Asia/Shanghai' });
    const end = Date.parse('2026-10-26T00:00:00+08:00');
    const rows = run(plan, [{ rows: [[1, end - 5, 0]] }, { rows: [[1, end - 1, 0]] }]);
    expect(rows).toEqual([['+I', 1, end + 8 * 3_600_000]]);
  });

  test('are complete in processing time', () => {
    const from = source([int, instant, int]);
    const proctime: PlanNode = {
      ...from,
      columns: from.columns.map((of, i) => (i === 1 ? { ...of, attribute: 'proctime' } : of)),
    };
    const steps: Step[] = [{ rows: [[1, null, 0]], nowMs: 3 }, { nowMs: 9 }, { nowMs: 10 }];
    expect(run(planOf([...windowed(tumble, [count], proctime), second(1)]), steps)).toEqual([['+I', 1, 10]]);
  });
});

describe('window aggregate, any rows', () => {
  const batches = fc.array(
    fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: -10, max: 60 }),
        fc.option(fc.integer({ min: 0, max: 3 })),
      ),
      { minLength: 1, maxLength: 5 },
    ),
    { maxLength: 10 },
  );
  const kills = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
  const endsOf = {
    tumble: (time: number): number[] => [Math.floor(time / 10) * 10 + 10],
    hop: (time: number): number[] => {
      const last = Math.floor((time - 1) / 5) * 5 + 1 + 15;
      return [last, last - 5, last - 10];
    },
    cumulate: (time: number): number[] => {
      const start = Math.floor(time / 12) * 12;
      return [4, 8, 12].map((length) => start + length).filter((end) => end > time);
    },
  };
  const startOf = {
    tumble: (end: number) => end - 10,
    hop: (end: number) => end - 15,
    cumulate: (end: number) => Math.floor((end - 1) / 12) * 12,
  };

  const sum = (values: readonly number[]): number | null =>
    values.length === 0 ? null : values.reduce((a, b) => a + b, 0);

  const mergeable = [count, aggregate('SUM', int, [2]), aggregate('COUNT', bigint, [2], { distinct: true })];

  describe.each(['tumble', 'hop', 'cumulate'] as const)('%s', (kind) => {
    const spec = { tumble, hop, cumulate }[kind];

    const accepted = (input: readonly (readonly Row[])[]): Map<string, Row[]> => {
      const windows = new Map<string, Row[]>();
      let watermark = -Infinity;
      for (const batch of input) {
        for (const row of batch)
          for (const end of endsOf[kind](row[1] as number)) {
            if (end - 1 <= watermark) continue;
            const name = `${String(row[0])} ${end}`;
            windows.set(name, [...(windows.get(name) ?? []), row]);
          }
        watermark = Math.max(watermark, ...batch.map((row) => (row[1] as number) - 2));
      }
      return windows;
    };

    test('each window has exactly the rows that came before it was out, also after a kill', () => {
      fc.assert(
        fc.property(batches, kills, (input, when) => {
          const changes = sameAfterRestarts(
            planOf(windowed(spec, mergeable)),
            input.map((rows) => ({ rows })),
            when,
          );
          const expected = [...accepted(input)].map(([name, rows]) => {
            const [key, end] = name.split(' ').map(Number) as [number, number];
            const values = rows.flatMap((row) => (row[2] === null ? [] : [row[2] as number]));
            return rowText([
              '+I',
              key,
              rows.length,
              sum(values),
              new Set(values).size,
              startOf[kind](end),
              end,
              end - 1,
            ]);
          });
          expect(changes.map(rowText).toSorted()).toEqual(expected.toSorted());
        }),
      );
    });

    test('aggregates that depend on the order of rows have it', () => {
      fc.assert(
        fc.property(batches, kills, (input, when) => {
          const listing = planOf(windowed(spec, [aggregate('LISTAGG', text, [2])]));
          const changes = sameAfterRestarts(
            listing,
            input.map((rows) => ({ rows })),
            when,
          );
          const expected = [...accepted(input)].map(([name, rows]) => {
            const [key, end] = name.split(' ').map(Number) as [number, number];
            const values = rows.flatMap((row) => (row[2] === null ? [] : [row[2]]));
            return rowText(['+I', key, values.length === 0 ? null : values.join(), startOf[kind](end), end, end - 1]);
          });
          expect(changes.map(rowText).toSorted()).toEqual(expected.toSorted());
        }),
      );
    });
  });

  test('sessions are the same in whatever order rows in time come', () => {
    const plan = planOf(windowed(session, mergeable, source(types, { column: 1, delayMs: 100 })));
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const changes = sameAfterRestarts(
          plan,
          input.map((rows) => ({ rows })),
          when,
        );
        const expected: string[] = [];
        const all = input.flat();
        for (const key of new Set(all.map(([of]) => of))) {
          const rows = all.filter(([of]) => of === key).toSorted((a, b) => a[1] - b[1]);
          let from = 0;
          rows.forEach((row, i) => {
            const next = rows[i + 1];
            if (next !== undefined && next[1] <= row[1] + 6) return;
            const values = rows.slice(from, i + 1).flatMap(([, , value]) => (value === null ? [] : [value]));
            const [start, end] = [rows[from]![1], row[1] + 6];
            expected.push(rowText(['+I', key, i + 1 - from, sum(values), new Set(values).size, start, end, end - 1]));
            from = i + 1;
          });
        }
        expect(changes.map(rowText).toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  test('sessions of aggregates that depend on the order of rows have it, in the order of arrival', () => {
    const plan = planOf(
      windowed(session, [aggregate('LISTAGG', text, [2])], source(types, { column: 1, delayMs: 100 })),
    );
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const changes = sameAfterRestarts(
          plan,
          input.map((rows) => ({ rows })),
          when,
        );
        for (const [, key, listed, start, end] of changes) {
          const rows = input
            .flat()
            .filter((row) => row[0] === key && row[1] >= (start as number) && row[1] < (end as number));
          const values = rows.flatMap((row) => (row[2] === null ? [] : [row[2]]));
          expect(listed).toBe(values.length === 0 ? null : values.join());
        }
      }),
    );
  });

  test('windows over the windows of another aggregate', () => {
    const [from, first] = windowed(tumble, [count]);
    const second: PlanNode = {
      kind: 'window-aggregate',
      window: { kind: 'attached', start: 2, end: 3 },
      time: 4,
      keys: [],
      aggregates: [aggregate('MAX', bigint, [1])],
      properties: ['window_end'],
      inputs: [1],
      columns: columns([bigint, timestamp]),
      changelog: 'append',
      uniqueKey: null,
    };
    fc.assert(
      fc.property(batches, kills, (input, when) => {
        const inner = run(planOf([from!, first!]), [...input.map((rows) => ({ rows })), { end: true }]);
        const most = new Map<number, number>();
        for (const change of inner) {
          const end = change[4] as number;
          most.set(end, Math.max(most.get(end) ?? 0, change[2] as number));
        }
        const changes = sameAfterRestarts(
          planOf([from!, first!, second]),
          input.map((rows) => ({ rows })),
          when,
        );
        expect(changes.map(rowText)).toEqual(
          [...most].toSorted(([a], [b]) => a - b).map(([end, value]) => rowText(['+I', value, end])),
        );
      }),
    );
  });
});
