import type { Expression, JoinNode, Name, Select, SelectItem, TableNode } from './ast.ts';
import { parseExpression, parseInterval, parseList } from './parse-expression.ts';
import { refuse, SqlRefusal } from './problem.ts';
import type { TokenStream } from './token-stream.ts';

/** Reads `SELECT ... FROM ... [WHERE] [GROUP BY] [HAVING]`; every other clause is refused by its name. */
export function parseSelect(tokens: TokenStream): Select {
  const at = tokens.at;
  if (tokens.is('WITH')) refuse(at, 'WITH (a common table expression)', 'write the query in one SELECT');
  if (tokens.is('VALUES')) refuse(at, 'INSERT INTO ... VALUES', 'send an event instead, and SELECT it from its topic');
  if (tokens.is('(')) refuse(at, 'a query in parentheses', 'leave the parentheses out');
  tokens.expect('SELECT', 'the query');
  if (tokens.is('DISTINCT')) refuse(tokens.at, 'SELECT DISTINCT', 'GROUP BY the columns in a TUMBLE window');
  if (tokens.is('STREAM')) refuse(tokens.at, 'SELECT STREAM', 'write SELECT');
  tokens.accept('ALL');
  const items: SelectItem[] = [parseItem(tokens)];
  while (tokens.accept(',')) items.push(parseItem(tokens));
  if (!tokens.is('FROM')) tokens.unexpected('FROM a table');
  tokens.next();
  const from = parseTable(tokens);
  const join = parseJoin(tokens);
  const where = tokens.accept('WHERE') ? parseExpression(tokens) : undefined;
  let groupBy: Expression[] = [];
  if (tokens.accept('GROUP')) {
    tokens.expect('BY', 'after GROUP');
    for (const word of ['GROUPING', 'CUBE', 'ROLLUP'])
      if (tokens.is(word)) refuse(tokens.at, `GROUP BY ${word}`, 'write one job for each grouping');
    if (tokens.is('(')) refuse(tokens.at, 'GROUP BY (...)', 'leave the parentheses out');
    groupBy = parseList(tokens);
  }
  const having = tokens.accept('HAVING') ? parseExpression(tokens) : undefined;
  for (const word of [
    'WINDOW',
    'QUALIFY',
    'ORDER',
    'LIMIT',
    'OFFSET',
    'FETCH',
    'UNION',
    'INTERSECT',
    'EXCEPT',
    'MINUS',
  ]) {
    if (tokens.is(word))
      refuse(
        tokens.at,
        word === 'ORDER' ? 'ORDER BY' : word,
        word === 'UNION' ? 'make a job for each branch' : 'leave it out; sort or limit when reading the target table',
      );
  }
  return { at, items, from, join, where, groupBy, having };
}

function parseItem(tokens: TokenStream): SelectItem {
  const at = tokens.at;
  if (tokens.accept('*')) return { kind: 'star', at };
  const expression = parseExpression(tokens);
  if (tokens.accept('AS')) return { kind: 'expression', expression, alias: tokens.name('an alias') };
  const token = tokens.peek();
  const implicit = token.kind === 'quoted' || (token.kind === 'word' && token.text !== 'FROM');
  return { kind: 'expression', expression, alias: implicit ? tokens.name('an alias') : undefined };
}

const AFTER_TABLE = [
  'WHERE',
  'GROUP',
  'HAVING',
  'JOIN',
  'LEFT',
  'RIGHT',
  'FULL',
  'INNER',
  'CROSS',
  'NATURAL',
  'UNION',
  'ORDER',
  'LIMIT',
  'FOR',
  'MATCH_RECOGNIZE',
  'WINDOW',
  'OFFSET',
  'FETCH',
  'INTERSECT',
  'EXCEPT',
  'MINUS',
  'TABLESAMPLE',
  'QUALIFY',
  'OPTIONS',
  'ON',
  'USING',
];

function parseAlias(tokens: TokenStream): Name | undefined {
  const explicit = tokens.accept('AS');
  const token = tokens.peek();
  if (!explicit && token.kind !== 'quoted' && (token.kind !== 'word' || AFTER_TABLE.includes(token.text)))
    return undefined;
  const alias = tokens.name('an alias');
  if (tokens.is('(')) refuse(tokens.at, 'an alias with column names', 'give aliases in the SELECT list');
  return alias;
}

const WINDOW_FUNCTIONS = ['TUMBLE', 'HOP', 'CUMULATE', 'SESSION'];

function parseTable(tokens: TokenStream): TableNode {
  const { at } = tokens.peek();
  if (tokens.is('(')) refuse(at, 'a sub-query in FROM', 'write one SELECT on the table');
  if (tokens.is('LATERAL') || tokens.is('UNNEST')) refuse(at, tokens.peek().text, 'send one event for each element');
  if (tokens.accept('TABLE')) {
    tokens.expect('(', 'after TABLE');
    const window = parseWindow(tokens);
    tokens.expect(')', 'after TABLE(...');
    return { ...window, alias: parseAlias(tokens) };
  }
  if (WINDOW_FUNCTIONS.some((name) => tokens.is(name, '(')))
    return { ...parseWindow(tokens), alias: parseAlias(tokens) };
  const name = tokens.name('a table');
  if (tokens.is('.')) refuse(name.at, 'a table name with catalog or database', "write only the table's own name");
  if (tokens.is('(')) refuse(name.at, `the table function ${name.name}`, 'TUMBLE is the table function there is');
  if (tokens.is('FOR'))
    refuse(
      tokens.at,
      'FOR SYSTEM_TIME AS OF on the first table',
      `it belongs to the table on the right: ${LOOKUP_JOIN}`,
    );
  return { kind: 'table', name, alias: parseAlias(tokens) };
}

/** `TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE [, offset])`, with or without names (DATA => ...). */
function parseWindow(tokens: TokenStream): Omit<TableNode & { kind: 'window' }, 'alias'> {
  const { at, text } = tokens.next();
  if (text !== 'TUMBLE') {
    if (WINDOW_FUNCTIONS.includes(text)) refuse(at, `${text}(...)`, 'use TUMBLE');
    refuse(at, `the table function ${text}`, 'TUMBLE is the table function there is');
  }
  tokens.expect('(', 'after TUMBLE');
  const order = ['DATA', 'TIMECOL', 'SIZE', 'OFFSET'] as const;
  const found: { table?: Name; timeColumn?: Name; SIZE?: number; OFFSET?: number } = {};
  for (let i = 0; i === 0 || tokens.accept(','); i++) {
    const named = tokens.peek(1).text === '=>';
    const parameter = named ? order.find((name) => name === tokens.peek().text) : order[i];
    if (parameter === undefined)
      throw new SqlRefusal(tokens.at, 'TUMBLE has no such parameter', 'DATA, TIMECOL, SIZE and OFFSET');
    if (named) {
      tokens.next();
      tokens.next();
    }
    if (parameter === 'DATA') {
      tokens.expect('TABLE', "in TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)");
      if (tokens.is('(')) refuse(tokens.at, 'a sub-query in TUMBLE', 'name a table');
      found.table = tokens.name('a table');
      if (tokens.is('PARTITION')) refuse(tokens.at, 'PARTITION BY in TUMBLE', 'write the columns into GROUP BY');
    } else if (parameter === 'TIMECOL') {
      tokens.expect('DESCRIPTOR', "in TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)");
      tokens.expect('(', 'after DESCRIPTOR');
      found.timeColumn = tokens.name('a time column');
      tokens.expect(')', 'after DESCRIPTOR(...');
    } else found[parameter] = parseInterval(tokens).ms;
  }
  tokens.expect(')', 'after TUMBLE(...');
  const { table, timeColumn, SIZE: sizeMs, OFFSET: offsetMs = 0 } = found;
  if (table === undefined || timeColumn === undefined || sizeMs === undefined) {
    throw new SqlRefusal(
      at,
      'TUMBLE needs a table, a time column and a size',
      "TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)",
    );
  }
  if (sizeMs <= 0) throw new SqlRefusal(at, 'the size of a TUMBLE window must be positive');
  return { kind: 'window', at, function: 'TUMBLE', table, timeColumn, sizeMs, offsetMs };
}

const JOIN_WORDS = ['JOIN', 'LEFT', 'RIGHT', 'FULL', 'INNER', 'CROSS', 'NATURAL'];
const LOOKUP_JOIN = 'JOIN t FOR SYSTEM_TIME AS OF s.proctime AS p ON s.subject = p.subject';

/** The lookup join that may follow the first table; every other join is refused by its name. */
function parseJoin(tokens: TokenStream): JoinNode | undefined {
  const { at, text } = tokens.peek();
  if (['MATCH_RECOGNIZE', 'TABLESAMPLE', 'FOR'].includes(text)) refuse(at, text, 'leave it out');
  if (tokens.is(',')) refuse(at, 'a join by a comma', `write ${LOOKUP_JOIN}`);
  if (!JOIN_WORDS.some((word) => tokens.is(word))) return undefined;
  if (['RIGHT', 'FULL', 'CROSS', 'NATURAL'].includes(text))
    refuse(at, `a ${text} join`, `[LEFT] ${LOOKUP_JOIN} is there`);
  const kind = tokens.accept('LEFT') ? 'left' : 'inner';
  if (kind === 'left') tokens.accept('OUTER');
  else tokens.accept('INNER');
  tokens.expect('JOIN', 'between two tables');
  if (tokens.is('(')) refuse(tokens.at, 'a join with a sub-query', 'name a table');
  if (tokens.is('LATERAL') || tokens.is('UNNEST'))
    refuse(tokens.at, tokens.peek().text, 'send one event for each element');
  const table = tokens.name('a table');
  if (tokens.is('.')) refuse(table.at, 'a table name with catalog or database', "write only the table's own name");
  if (!tokens.accept('FOR'))
    refuse(at, 'a join without FOR SYSTEM_TIME AS OF', `write ${LOOKUP_JOIN}, or join in ClickHouse`);
  for (const word of ['SYSTEM_TIME', 'AS', 'OF']) tokens.expect(word, 'in FOR SYSTEM_TIME AS OF');
  const asOf = parseExpression(tokens);
  const alias = parseAlias(tokens);
  if (tokens.is('USING')) refuse(tokens.at, 'USING', `write ON: ${LOOKUP_JOIN}`);
  tokens.expect('ON', 'after the joined table');
  const on = parseExpression(tokens);
  const next = tokens.peek();
  if (tokens.is(',') || JOIN_WORDS.some((word) => tokens.is(word)))
    refuse(next.at, 'more than one join', 'name further features in the one table');
  return { at, kind, table, asOf, alias, on };
}
