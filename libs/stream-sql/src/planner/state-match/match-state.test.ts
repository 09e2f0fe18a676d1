import { expect, test } from 'vitest';
import { planOf } from '../../testing/run-sql.ts';
import { matchState } from './match-state.ts';

const events = (name = 'e', more = ''): string =>
  `CREATE TABLE ${name} (id STRING, line STRING, price DECIMAL(10, 2), area DECIMAL(10, 2), data ROW<x INT, y INT>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND${more})
   WITH ('connector'='kafka','topic'='demo.events','format'='json','scan.startup.mode'='earliest-offset');\n`;
const other = events('o').replace('demo.events', 'demo.others');
const target = (columns: string, name = 's'): string =>
  `CREATE TABLE ${name} (${columns}) WITH ('connector'='blackhole');\n`;
const counts = (text: string, name = 's', from = 'e'): string =>
  `${target('line STRING, n BIGINT, v DECIMAL(38, 2), PRIMARY KEY (line) NOT ENFORCED', name)}INSERT INTO ${name} SELECT line, COUNT(*), ${text} FROM ${from} GROUP BY line;\n`;
const windows = (minutes: number, where = ''): string =>
  `${target('line STRING, n BIGINT')}INSERT INTO s SELECT line, COUNT(*) FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '${minutes}' MINUTE) ${where} GROUP BY line, window_start, window_end;`;
const join = (select: string, where = ''): string =>
  `${target('id STRING, line STRING')}INSERT INTO s SELECT ${select} FROM e JOIN o ON e.id = o.id ${where};`;
const top = (rows: number): string =>
  `${target('id STRING, line STRING, price DECIMAL(10, 2), PRIMARY KEY (id) NOT ENFORCED')}
   INSERT INTO s SELECT id, line, price FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY line ORDER BY price DESC) AS r FROM e) WHERE r <= ${rows};`;
const newest = (field: string): string =>
  `${target('id STRING, v INT, PRIMARY KEY (id) NOT ENFORCED')}
   INSERT INTO s SELECT id, data.${field} FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC) AS r FROM e) WHERE r = 1;`;
const both = (first: string, second: string): string => {
  const inserts = [first, second].map((text) => text.slice(text.indexOf('INSERT')));
  const tables = [first, second].map((text) => text.slice(0, text.indexOf('INSERT')));
  return `${tables.join('')}EXECUTE STATEMENT SET BEGIN ${inserts.join('')} END;`;
};

/** What goes on (its kinds but sinks, in the new plan's order), and what has no place. */
const cases: readonly (readonly [string, string, string, readonly string[], readonly RegExp[]])[] = [
  ['the same text goes on whole', events() + windows(1), events() + windows(1), ['source', 'window-aggregate'], []],
  [
    'comments, other names for columns and another declared name change nothing',
    events() + counts('SUM(price)'),
    `-- newer\n${events('f')}${counts('SUM(p)', 's', '(SELECT line, price AS p FROM f)')}`,
    ['source', 'group-aggregate'],
    [],
  ],
  [
    'another filter before and behind an aggregate keeps its state',
    events() + counts('SUM(price)', 's', "(SELECT * FROM e WHERE id <> '')"),
    (events() + counts('SUM(price)', 's', '(SELECT * FROM e WHERE area > 50)')).replace(
      'GROUP BY line',
      'GROUP BY line HAVING COUNT(*) > 3',
    ),
    ['source', 'group-aggregate'],
    [],
  ],
  [
    'a ROW that is declared with one more field gives the same fields',
    events() + counts('SUM(CAST(data.x AS DECIMAL(10, 2)))'),
    events().replace('y INT>', 'y INT, z INT>') + counts('SUM(CAST(data.x AS DECIMAL(10, 2)))'),
    ['source', 'group-aggregate'],
    [],
  ],
  [
    'another field of a ROW that is kept whole was kept, too',
    events() + newest('x'),
    events() + newest('y'),
    ['source', 'deduplicate'],
    [],
  ],
  [
    'another target is a new sink',
    events() + counts('SUM(price)'),
    events() + counts('SUM(price)', 'elsewhere'),
    ['source', 'group-aggregate'],
    [],
  ],
  [
    'a sum of another column of the same type is another sum',
    events() + counts('SUM(price)'),
    events() + counts('SUM(area)'),
    ['source'],
    [
      /^the state of GroupAggregate\(.*\): what is nearest to it in the new text, GroupAggregate\(.*\), differs in: aggregates$/,
    ],
  ],
  [
    'a sum of a column that is computed otherwise under the same name is another sum',
    events() + counts('SUM(p)', 's', '(SELECT line, price AS p FROM e)'),
    events() + counts('SUM(p)', 's', '(SELECT line, area AS p FROM e)'),
    ['source'],
    [/differs in: aggregates$/],
  ],
  [
    'one more aggregate has no past',
    events() + counts('SUM(price)'),
    events() + counts('SUM(price) + MAX(price)'),
    ['source'],
    [/differs in: aggregates$/],
  ],
  [
    'another key is another state',
    events() + counts('SUM(price)'),
    events() + counts('SUM(price)').replace('SELECT line', 'SELECT id').replace('GROUP BY line', 'GROUP BY id'),
    ['source'],
    [/differs in: keys$/],
  ],
  [
    'another window is another state',
    events() + windows(1),
    events() + windows(5),
    ['source'],
    [/differs in: window$/],
  ],
  [
    'another time zone moves windows',
    events() + windows(1),
    `SET 'table.local-time-zone' = 'Asia/Shanghai';\n${events()}${windows(1)}`,
    ['source'],
    [/differs in: window$/],
  ],
  [
    'state with a TTL is kept otherwise than without',
    events() + counts('SUM(price)'),
    `SET 'table.exec.state.ttl' = '1 d';\n${events()}${counts('SUM(price)')}`,
    ['source'],
    [/differs in: state TTL/],
  ],
  [
    'a topic that is not read any more has a position without a place',
    events() + other + join('e.id, o.line'),
    events() + windows(1),
    ['source'],
    [
      /^the position in the kafka table o \(topic demo.others\): the new text does not read it$/,
      /^the state of Join\(.*\): the new text has nothing of the kind$/,
    ],
  ],
  [
    'a join keeps its rows when other rows of one side are left out',
    events() + other + join('e.id, o.line'),
    events() + other + join('e.id, o.line', "WHERE o.line <> 'x'"),
    ['source', 'source', 'join'],
    [],
  ],
  [
    'a join whose rows need another column does not have it of those it keeps',
    events() + other + join('e.id, o.line'),
    events() + other + join('e.id, e.line'),
    ['source', 'source'],
    [/differs in: columns of its input$/],
  ],
  [
    'more rows of a top-N were not kept',
    events() + top(3),
    events() + top(5),
    ['source'],
    [/^the state of Rank\(.* differs in: definition/],
  ],
  [
    'a second query beside the first begins empty, the first goes on',
    events() + counts('SUM(price)'),
    events() + both(counts('SUM(price)'), counts('SUM(area)', 't')),
    ['source', 'group-aggregate'],
    [],
  ],
  [
    'two queries alike but for their filters go on each with its own, told by their targets when the filters change',
    events() +
      both(
        counts('SUM(price)', 's', "(SELECT * FROM e WHERE id = 'a')"),
        counts('SUM(price)', 't', "(SELECT * FROM e WHERE id = 'b')"),
      ),
    events() +
      both(
        counts('SUM(price)', 't', "(SELECT * FROM e WHERE id = 'c')"),
        counts('SUM(price)', 's', "(SELECT * FROM e WHERE id = 'd')"),
      ),
    ['source', 'group-aggregate', 'group-aggregate'],
    [],
  ],
  [
    'of two new queries that could go on with one state, neither does',
    events() + counts('SUM(price)', 'x', "(SELECT * FROM e WHERE id = 'a')"),
    events() +
      both(
        counts('SUM(price)', 's', "(SELECT * FROM e WHERE id = 'c')"),
        counts('SUM(price)', 't', "(SELECT * FROM e WHERE id = 'd')"),
      ),
    ['source'],
    [/more than one node of the new text could go on with it$/],
  ],
];

test.each(cases)('%s', (_, old, next, goOn, without) => {
  const [before, after] = [planOf(old), planOf(next)];
  const { nodes, unplaced } = matchState(
    before,
    after,
    before.nodes.flatMap(({ kind }, index) => (['sink', 'calc', 'union'].includes(kind) ? [] : [index])),
  );
  expect(
    [...nodes.keys()]
      .toSorted((a, b) => a - b)
      .map((index) => after.nodes[index]!.kind)
      .filter((kind) => kind !== 'sink'),
  ).toEqual(goOn);
  for (const [taker, giver] of nodes) expect(before.nodes[giver]!.kind).toBe(after.nodes[taker]!.kind);
  expect(unplaced).toHaveLength(without.length);
  without.forEach((pattern, i) => expect(unplaced[i]).toMatch(pattern));
});

test('two queries alike go on each with its own state, in whatever order they stand', () => {
  const [a, b] = [
    counts('SUM(price)', 's', "(SELECT * FROM e WHERE id = 'a')"),
    counts('SUM(price)', 't', "(SELECT * FROM e WHERE id = 'b')"),
  ];
  const [before, after] = [planOf(events() + both(a, b)), planOf(events() + both(b, a))];
  const { nodes } = matchState(before, after, []);
  const conditionOf = (plan: typeof before, index: number): unknown => {
    const calc = plan.nodes[plan.nodes[index]!.inputs[0]!]!;
    return calc.kind === 'calc' ? calc.condition : undefined;
  };
  const pairs = [...nodes].filter(([index]) => after.nodes[index]!.kind === 'group-aggregate');
  expect(pairs).toHaveLength(2);
  for (const [next, old] of pairs) expect(conditionOf(after, next)).toEqual(conditionOf(before, old));
});
