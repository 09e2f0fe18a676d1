import fc from 'fast-check';

/**
 * Texts of expressions and queries, made at random. Each operand may stand in parentheses or not, so every grouping comes. Few are refused: those
 * with an operator behind IN (...) that binds stronger.
 */
const name = fc.constantFrom('a', 'b', 't.c', '`select`', '`x ``y`', 'größe', '`map`', 'key', 'value_1');
const literal = fc.constantFrom(
  '1',
  '0.50',
  '1E-3',
  "'it''s'",
  "X'0aff'",
  'NULL',
  'TRUE',
  'UNKNOWN',
  "DATE '2026-01-31'",
  "TIMESTAMP '2026-01-31 00:00:00'",
  "INTERVAL -'1' DAY(3)",
  "INTERVAL '1 02:03' DAY TO MINUTE",
  'CURRENT_TIMESTAMP',
);
const type = fc.constantFrom(
  'INT',
  'DECIMAL(10, 2) NOT NULL',
  'TIMESTAMP(3) WITH LOCAL TIME ZONE',
  "ROW<a INT, b ARRAY<STRING NOT NULL> 'c'>",
  'MAP<STRING, DOUBLE PRECISION> MULTISET',
  'INTERVAL SECOND(2, 3)',
);
const binary = fc.constantFrom('+', '-', '*', '/', '%', '||', '=', '<>', '<', '<=', '>', '>=', 'AND', 'OR', 'OVERLAPS');

interface Texts {
  expression: string;
  operand: string;
  query: string;
  body: string;
  table: string;
  factor: string;
  joined: string;
  window: string;
}

const join = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => texts.join(''));
const some = (item: fc.Arbitrary<string>, most = 3): fc.Arbitrary<string> =>
  fc.array(item, { minLength: 1, maxLength: most }).map((items) => items.join(', '));
const maybe = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant('') }, item);
const text = (value: string): fc.Arbitrary<string> => fc.constant(value);

export const randomSql = fc.letrec<Texts>((tie: fc.LetrecTypedTie<Texts>) => {
  const expression = tie('expression');
  const operand = tie('operand');
  const query = tie('query');
  const order = some(join(expression, fc.constantFrom('', ' ASC', ' DESC', ' NULLS LAST', ' DESC NULLS FIRST')), 2);
  return {
    operand: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      name,
      literal,
      join(text('('), expression, text(')')),
      tie('expression'),
    ),
    window: join(
      text('('),
      maybe(text('w ')),
      maybe(join(text('PARTITION BY '), some(expression))),
      maybe(join(text(' ORDER BY '), order)),
      maybe(
        fc.constantFrom(
          ' ROWS 3 PRECEDING',
          ' RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
          " RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW",
        ),
      ),
      text(')'),
    ),
    expression: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      name,
      literal,
      join(operand, text(' '), binary, text(' '), operand),
      join(fc.constantFrom('NOT ', '- ', '+ '), operand),
      join(operand, fc.constantFrom(' IS NULL', ' IS NOT TRUE', ' IS UNKNOWN', ' IS NOT JSON ARRAY', ' IS JSON')),
      join(operand, fc.constantFrom(' IS DISTINCT FROM ', ' IS NOT DISTINCT FROM '), operand),
      join(operand, fc.constantFrom(' BETWEEN (', ' NOT BETWEEN SYMMETRIC ('), operand, text(') AND '), operand),
      join(operand, fc.constantFrom(' IN (', ' NOT IN ('), some(expression), text(')')),
      join(operand, fc.constantFrom(' IN (', ' = ANY (', ' < ALL ('), query, text(')')),
      join(
        operand,
        fc.constantFrom(' LIKE (', ' NOT SIMILAR TO ('),
        expression,
        text(')'),
        maybe(join(text(' ESCAPE '), operand)),
      ),
      join(
        text('CASE '),
        maybe(operand),
        text(' WHEN '),
        expression,
        text(' THEN '),
        expression,
        maybe(join(text(' ELSE '), expression)),
        text(' END'),
      ),
      join(fc.constantFrom('CAST(', 'TRY_CAST('), expression, text(' AS '), type, text(')')),
      join(fc.constantFrom('f(', 'db.f(', 'COUNT(DISTINCT ', 'COALESCE('), some(expression), text(')')),
      join(
        fc.constantFrom('COUNT(*)', 'SUM(a)'),
        maybe(join(text(' FILTER (WHERE '), expression, text(')'))),
        text(' OVER '),
        fc.oneof(text('w'), tie('window')),
      ),
      join(text('TRIM(LEADING '), expression, text(' FROM '), expression, text(')')),
      join(text('POSITION('), fc.oneof(name, literal), text(' IN '), expression, text(')')),
      join(text('EXTRACT(YEAR FROM '), expression, text(')')),
      join(text('FLOOR(('), expression, fc.constantFrom(') TO DAY)', ') TO SECOND)', '))')),
      join(
        text('JSON_VALUE('),
        expression,
        text(", '$.a' RETURNING INT DEFAULT "),
        expression,
        text(' ON EMPTY NULL ON ERROR)'),
      ),
      join(
        text('JSON_OBJECT(KEY ('),
        expression,
        text(') VALUE '),
        expression,
        fc.constantFrom(' ABSENT ON NULL)', ')'),
      ),
      join(text('ARRAY['), some(expression), text('][1]')),
      join(text("MAP['k', "), expression, text("]['k']")),
      join(fc.constantFrom('ROW(', '('), some(expression), text(')')),
      join(text('('), expression, text(')'), fc.constantFrom('.f', '[1]', '[a].f.g')),
      join(name, fc.constantFrom('[1]', '[a].f')),
      join(text('EXISTS ('), query, text(')')),
      join(text('('), query, text(')')),
    ),
    factor: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom(
        't',
        'db.t AS x',
        't AS x (a, b)',
        "t /*+ OPTIONS('a' = 'b') */ y",
        't FOR SYSTEM_TIME AS OF p AS d',
      ),
      join(fc.constantFrom('(', 'LATERAL ('), query, text(') AS q')),
      join(
        text("TABLE(TUMBLE(TABLE t PARTITION BY (a, b), DESCRIPTOR(ts), INTERVAL '1' HOUR, c => "),
        expression,
        text('))'),
      ),
      join(text('UNNEST('), expression, fc.constantFrom(')', ') WITH ORDINALITY AS u (a, n)')),
      join(text('('), tie('joined'), text(')')),
    ),
    joined: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      join(tie('factor'), text(' CROSS JOIN '), tie('factor')),
      join(
        tie('factor'),
        fc.constantFrom(' JOIN ', ' LEFT JOIN ', ' FULL OUTER JOIN '),
        tie('factor'),
        text(' ON '),
        expression,
      ),
      join(tie('joined'), fc.constantFrom(' NATURAL JOIN s', ' RIGHT JOIN s USING (a, b)')),
    ),
    table: fc.oneof(tie('factor'), tie('joined'), join(tie('joined'), text(', '), tie('factor'))),
    body: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      join(
        fc.constantFrom('SELECT ', 'SELECT DISTINCT ', 'SELECT /*+ BROADCAST(a) */ '),
        some(fc.oneof(text('*'), text('t.*'), expression, join(expression, text(' AS n')))),
        text(' FROM '),
        tie('table'),
        maybe(join(text(' WHERE '), expression)),
        maybe(
          join(
            text(' GROUP BY '),
            fc.oneof(expression, fc.constantFrom('(a, b)', '()', 'ROLLUP (a, (b, c))', 'GROUPING SETS ((a), ())')),
          ),
        ),
        maybe(join(text(' HAVING '), expression)),
        maybe(join(text(' WINDOW w AS '), tie('window'))),
      ),
      text('VALUES (1, 2), ROW(3, 4)'),
      text('TABLE t'),
      join(tie('body'), fc.constantFrom(' UNION ', ' UNION ALL ', ' INTERSECT ', ' EXCEPT '), tie('body')),
      join(text('('), query, text(')')),
    ),
    query: join(
      fc.oneof(
        { weight: 2, arbitrary: tie('body') },
        join(text('WITH c (a) AS ('), tie('body'), text(') SELECT a, '), expression, text(' FROM c')),
      ),
      maybe(join(text(' ORDER BY '), order)),
      fc.constantFrom('', ' LIMIT 3', ' LIMIT 3 OFFSET 1', ' OFFSET 2 ROWS', ' FETCH FIRST 1 ROW ONLY'),
    ),
  };
});
