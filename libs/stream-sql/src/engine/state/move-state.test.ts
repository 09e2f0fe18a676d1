import { expect, test } from 'vitest';
import { FUNCTIONS } from '../../builtin/function-library.ts';
import { matchState } from '../../planner/state-match/match-state.ts';
import type { StreamPlan } from '../../planner/plan.ts';
import { planOf } from '../../testing/run-sql.ts';
import type { Row } from '../../values/data-type.ts';
import { RowKind } from '../operator.ts';
import { StreamJob } from '../stream-job.ts';
import { rowText } from '../testing/run-job.ts';

const table = (name: string): string =>
  `CREATE TABLE ${name} (id INT, k STRING, v INT, ts TIMESTAMP(3), pt AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
   WITH ('connector'='kafka','topic'='demo.${name}','format'='json','scan.startup.mode'='earliest-offset');\n`;
const VERSIONS = `CREATE VIEW versions AS
  SELECT k, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS r FROM b) WHERE r = 1;\n`;
const sink = (name: string, columns: string): string =>
  `CREATE TABLE ${name} (${columns}) WITH ('connector'='blackhole');\n`;

/** Every kind of node with state: the sink's columns, and the query. */
const queries: readonly (readonly [name: string, columns: string, query: string])[] = [
  [
    'an aggregate with DISTINCT and retraction',
    'k STRING, n BIGINT, d BIGINT, m INT',
    'SELECT k, COUNT(*), COUNT(DISTINCT v), MAX(v) FROM a GROUP BY k',
  ],
  [
    'an aggregate over an aggregate',
    'n BIGINT, ks BIGINT',
    'SELECT n, COUNT(*) FROM (SELECT k, COUNT(*) AS n FROM a GROUP BY k) GROUP BY n',
  ],
  [
    'windows',
    'k STRING, s BIGINT',
    "SELECT k, SUM(v) FROM TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY k, window_start, window_end",
  ],
  [
    'overlapping windows',
    'k STRING, s BIGINT',
    "SELECT k, SUM(v) FROM HOP(TABLE a, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '6' SECOND) GROUP BY k, window_start, window_end",
  ],
  [
    'sessions',
    'k STRING, s BIGINT',
    "SELECT k, SUM(v) FROM SESSION(TABLE a PARTITION BY k, DESCRIPTOR(ts), INTERVAL '3' SECOND) GROUP BY k, window_start, window_end",
  ],
  [
    'windows in processing time',
    'k STRING, s BIGINT',
    "SELECT k, SUM(v) FROM TUMBLE(TABLE a, DESCRIPTOR(pt), INTERVAL '5' SECOND) GROUP BY k, window_start, window_end",
  ],
  [
    'OVER',
    'id INT, s BIGINT',
    'SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM a',
  ],
  [
    'top-N',
    'id INT, k STRING, v INT',
    'SELECT id, k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS r FROM a) WHERE r <= 2',
  ],
  [
    'the newest of each key',
    'id INT, k STRING',
    'SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS r FROM a) WHERE r = 1',
  ],
  [
    'the first of each key',
    'id INT, k STRING',
    'SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS r FROM a) WHERE r = 1',
  ],
  ['a join', 'id INT, v INT', 'SELECT a.id, b.v FROM a JOIN b ON a.k = b.k AND a.v = b.v'],
  ['an outer join', 'id INT, v INT', 'SELECT a.id, b.v FROM a LEFT JOIN b ON a.id = b.id'],
  ['rows that have a partner', 'id INT', 'SELECT id FROM a WHERE k IN (SELECT k FROM b WHERE v > 3)'],
  [
    'a join within some time',
    'id INT, v INT',
    "SELECT a.id, b.v FROM a JOIN b ON a.k = b.k AND a.ts BETWEEN b.ts - INTERVAL '2' SECOND AND b.ts + INTERVAL '2' SECOND",
  ],
  [
    'a join as of event time',
    'id INT, v INT',
    'SELECT a.id, x.v FROM a LEFT JOIN versions FOR SYSTEM_TIME AS OF a.ts AS x ON a.k = x.k',
  ],
  ['OVER in the order of values', 'id INT, s BIGINT', 'SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY v) FROM a'],
  ['values beside a stream', 'id INT, k STRING', "SELECT id, k FROM a UNION ALL SELECT * FROM (VALUES (0, 'zero'))"],
  [
    'a sink keyed otherwise',
    'n BIGINT, k STRING, PRIMARY KEY (n) NOT ENFORCED',
    'SELECT COUNT(*), k FROM a GROUP BY k',
  ],
];

/** A number that looks random, of a number. */
const mixed = (n: number): number => ((n * 2_654_435_761) >>> 8) % 1_000;
const rows = (from: number, count: number, salt: number): Row[] =>
  Array.from({ length: count }, (_, i) => {
    const n = from + i;
    return [n, `k${mixed(n * 7 + salt) % 4}`, mixed(n + salt) % 6, n * 300 + (mixed(n) % 3) * 400, null];
  });

/** A job that notes what comes to the sink `s`. */
function started(plan: StreamPlan, told: string[]): StreamJob {
  return new StreamJob(plan, {
    functions: FUNCTIONS,
    random: () => 0.5,
    badRows: 'fail',
    sink: (node) => {
      const target = plan.nodes[node]!;
      const isTold = target.kind === 'sink' && target.table?.name === 's';
      return {
        push: (kind, row) => void (isTold && told.push(`${RowKind.delete === kind ? '-' : kind} ${rowText(row)}`)),
      };
    },
  });
}

const sourcesOf = (plan: StreamPlan): readonly (readonly [node: number, salt: number])[] =>
  plan.nodes.flatMap((node, index) =>
    node.kind === 'source' && node.table.name !== 'c' ? [[index, node.table.name === 'a' ? 0 : 5] as const] : [],
  );

function assign(job: StreamJob, plan: StreamPlan, nowMs: number): void {
  plan.nodes.forEach(({ kind }, index) => {
    if (kind === 'source') job.assign(index, [0], nowMs);
  });
}

function feed(job: StreamJob, plan: StreamPlan, from: number, to: number): void {
  for (let n = from; n < to; n += 5) {
    for (const [node, salt] of sourcesOf(plan)) job.onRows(node, 0, rows(n, 5, salt), n * 300);
    job.advance(n * 300 + 100);
  }
}

function end(job: StreamJob, plan: StreamPlan): void {
  for (const [node] of sourcesOf(plan)) job.onEnd(node, 60_000);
}

test.each(queries)('%s goes on with its state in a plan with more before it', (_, columns, query) => {
  const tables = `${table('a')}${table('b')}${VERSIONS}${sink('s', columns)}`;
  const plan = planOf(`${tables}INSERT INTO s ${query};`);
  // Another source and another aggregate come first, so that every node has another place.
  const more = planOf(
    `${table('c')}${tables}${sink('t', 'id INT, n BIGINT')}
     EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT id, COUNT(*) FROM c GROUP BY id; INSERT INTO s ${query}; END;`,
  );
  const straight: string[] = [];
  const straightJob = started(plan, straight);
  assign(straightJob, plan, 0);
  feed(straightJob, plan, 0, 120);
  end(straightJob, plan);

  const told: string[] = [];
  const first = started(plan, told);
  assign(first, plan, 0);
  feed(first, plan, 0, 60);
  const saved = first.snapshot('full');
  const held = first.nodesWithState();

  const old = started(plan, []);
  old.restore([saved]);
  expect(old.nodesWithState()).toEqual(held);
  const { nodes, unplaced } = matchState(plan, more, held);
  expect(unplaced).toEqual([]);
  const taking = started(more, told);
  taking.takeOver(old, nodes);
  assign(taking, more, 18_000);
  expect(old.nodesWithState()).toEqual([]);
  const snapshots = [taking.snapshot('full')];
  feed(taking, more, 60, 90);
  snapshots.push(taking.snapshot('changes'));

  const last = started(more, told);
  last.restore(snapshots);
  assign(last, more, 27_000);
  feed(last, more, 90, 120);
  end(last, more);
  expect(straight.length).toBeGreaterThan(3);
  expect(told.toSorted()).toEqual(straight.toSorted());
});

test('state that does not fit is refused, not misread', () => {
  const plan = planOf(
    `${table('a')}${sink('s', 'k STRING, n BIGINT')}INSERT INTO s SELECT k, COUNT(*) FROM a GROUP BY k;`,
  );
  const other = planOf(
    `${table('a')}${sink('s', 'k STRING, n INT')}INSERT INTO s SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS r FROM a) WHERE r <= 2;`,
  );
  const kinds = (of: StreamPlan): number =>
    of.nodes.findIndex(({ kind }) => kind === 'group-aggregate' || kind === 'rank');
  expect(() => started(other, []).takeOver(started(plan, []), new Map([[kinds(other), kinds(plan)]]))).toThrow(
    RangeError,
  );
});
