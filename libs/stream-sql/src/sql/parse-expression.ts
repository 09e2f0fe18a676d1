import type { BinaryOperator, Expression, Name } from './ast.ts';
import { intervalMs } from './interval.ts';
import { parseType } from './parse-type.ts';
import { refuse, SqlRefusal } from './problem.ts';
import { RESERVED_FUNCTIONS, RESERVED_WORDS } from './reserved-words.ts';
import type { TokenStream } from './token-stream.ts';

/** Binding powers. Source: Calcite's SqlStdOperatorTable, which Flink's parser uses. */
const POWER = { or: 22, and: 24, not: 26, is: 28, comparison: 30, like: 32, sum: 40, product: 60, sign: 80 } as const;

const BINARY: Readonly<Record<string, { readonly operator: BinaryOperator; readonly power: number }>> = {
  OR: { operator: 'OR', power: POWER.or },
  AND: { operator: 'AND', power: POWER.and },
  '=': { operator: '=', power: POWER.comparison },
  '<>': { operator: '<>', power: POWER.comparison },
  '!=': { operator: '<>', power: POWER.comparison },
  '<': { operator: '<', power: POWER.comparison },
  '<=': { operator: '<=', power: POWER.comparison },
  '>': { operator: '>', power: POWER.comparison },
  '>=': { operator: '>=', power: POWER.comparison },
  '+': { operator: '+', power: POWER.sum },
  '-': { operator: '-', power: POWER.sum },
  '*': { operator: '*', power: POWER.product },
  '/': { operator: '/', power: POWER.product },
  '%': { operator: '%', power: POWER.product },
  '||': { operator: '||', power: POWER.product },
};

/** Reads an expression whose operators bind tighter than `above`; operators of one power are left-associative. */
export function parseExpression(tokens: TokenStream, above = 0): Expression {
  let left = parsePrefix(tokens);
  for (;;) {
    const next = parseInfix(tokens, left, above);
    if (next === undefined) return left;
    left = next;
  }
}

function parseInfix(tokens: TokenStream, left: Expression, above: number): Expression | undefined {
  const token = tokens.peek();
  if (token.kind !== 'word' && token.kind !== 'symbol') return undefined;
  const binary = Object.hasOwn(BINARY, token.text) ? BINARY[token.text] : undefined;
  if (binary !== undefined) {
    if (binary.power <= above) return undefined;
    tokens.next();
    if (tokens.is('ANY') || tokens.is('SOME') || tokens.is('ALL'))
      refuse(tokens.at, `${token.text} ${tokens.peek().text} (...)`, 'write IN (...) or single comparisons');
    return {
      kind: 'binary',
      at: token.at,
      operator: binary.operator,
      left,
      right: parseExpression(tokens, binary.power),
    };
  }
  if (token.text === 'IS' && POWER.is > above) return parseIs(tokens, left);
  if (token.text === '[') refuse(token.at, 'an element access [...]', 'ARRAY and MAP columns come later');
  const negated = token.text === 'NOT' && ['BETWEEN', 'IN', 'LIKE', 'SIMILAR'].includes(tokens.peek(1).text);
  const word = negated ? tokens.peek(1).text : token.text;
  if (POWER.like <= above || !['BETWEEN', 'IN', 'LIKE', 'SIMILAR'].includes(word)) return undefined;
  if (negated) tokens.next();
  tokens.next();
  const at = token.at;
  if (word === 'SIMILAR') refuse(at, 'SIMILAR TO', 'write LIKE');
  if (word === 'LIKE') {
    const pattern = parseExpression(tokens, POWER.like);
    const escape = tokens.accept('ESCAPE') ? parseExpression(tokens, POWER.like) : undefined;
    return { kind: 'like', at, negated, operand: left, pattern, escape };
  }
  if (word === 'BETWEEN') {
    const symmetric = tokens.accept('SYMMETRIC');
    if (!symmetric) tokens.accept('ASYMMETRIC');
    const low = parseExpression(tokens, POWER.like);
    tokens.expect('AND', 'between the two bounds of BETWEEN');
    return { kind: 'between', at, negated, symmetric, operand: left, low, high: parseExpression(tokens, POWER.like) };
  }
  tokens.expect('(', 'after IN');
  if (tokens.is('SELECT')) refuse(tokens.at, 'IN (SELECT ...)', 'list the values: IN (1, 2, 3)');
  const list = parseList(tokens);
  tokens.expect(')', 'after the list of IN');
  return { kind: 'in', at, negated, operand: left, list };
}

function parseIs(tokens: TokenStream, operand: Expression): Expression {
  const { at } = tokens.next();
  const negated = tokens.accept('NOT');
  if (tokens.accept('DISTINCT')) {
    tokens.expect('FROM', 'after IS DISTINCT');
    return { kind: 'distinct-from', at, negated, left: operand, right: parseExpression(tokens, POWER.comparison) };
  }
  for (const what of ['NULL', 'TRUE', 'FALSE', 'UNKNOWN'] as const) {
    if (tokens.accept(what)) return { kind: 'is', at, what, negated, operand };
  }
  if (tokens.is('JSON')) refuse(at, 'IS JSON', 'declare the nested fields as ROW<...> in CREATE TABLE');
  return tokens.unexpected('NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM');
}

export function parseList(tokens: TokenStream): Expression[] {
  const list = [parseExpression(tokens)];
  while (tokens.accept(',')) list.push(parseExpression(tokens));
  return list;
}

function parsePrefix(tokens: TokenStream): Expression {
  const token = tokens.peek();
  const at = token.at;
  if (token.kind === 'number') {
    tokens.next();
    return { kind: 'number', at, text: token.text };
  }
  if (token.kind === 'string') {
    tokens.next();
    return { kind: 'string', at, value: token.text };
  }
  if (tokens.accept('(')) {
    if (tokens.is('SELECT')) refuse(at, 'a sub-query in an expression', 'compute it in a job of its own');
    const inner = parseExpression(tokens);
    if (tokens.is(',')) refuse(at, 'a row value (a, b)', 'write the columns one by one');
    tokens.expect(')', 'after the expression');
    return inner;
  }
  if (tokens.is('-') || tokens.is('+')) {
    const operator = tokens.next().text === '-' ? '-' : '+';
    return { kind: 'unary', at, operator, operand: parseExpression(tokens, POWER.sign) };
  }
  if (token.kind === 'word') {
    const special = parseKeyword(tokens);
    if (special !== undefined) return special;
    const called = tokens.peek(1).text === '(' && tokens.peek(1).kind === 'symbol';
    if (called && (!RESERVED_WORDS.has(token.text) || RESERVED_FUNCTIONS.has(token.text))) {
      tokens.next();
      return parseCall(tokens, token.text, at);
    }
  }
  const path: Name[] = [tokens.name('a column')];
  while (tokens.accept('.')) {
    if (tokens.is('*')) refuse(tokens.at, 'an expanded row or table name.*', 'name the columns one by one');
    path.push(tokens.name('a field'));
  }
  return { kind: 'column', at, path };
}

/** Expressions that begin with a reserved word of their own syntax; `undefined` when this is not one. */
function parseKeyword(tokens: TokenStream): Expression | undefined {
  const token = tokens.peek();
  const at = token.at;
  switch (token.text) {
    case 'NULL':
      tokens.next();
      return { kind: 'null', at };
    case 'TRUE':
    case 'FALSE':
      tokens.next();
      return { kind: 'boolean', at, value: token.text === 'TRUE' };
    case 'NOT':
      tokens.next();
      return { kind: 'unary', at, operator: 'NOT', operand: parseExpression(tokens, POWER.not - 1) };
    case 'CASE':
      return parseCase(tokens);
    case 'CAST':
    case 'TRY_CAST': {
      if (tokens.peek(1).text !== '(') return undefined;
      tokens.next();
      tokens.next();
      const operand = parseExpression(tokens);
      tokens.expect('AS', `in ${token.text}(... AS type)`);
      const type = parseType(tokens);
      tokens.expect(')', `after ${token.text}(...`);
      return { kind: 'cast', at, safe: token.text === 'TRY_CAST', operand, type };
    }
    case 'TIMESTAMP': {
      if (tokens.peek(1).kind !== 'string') return undefined;
      tokens.next();
      return { kind: 'timestamp', at, text: tokens.next().text };
    }
    case 'INTERVAL':
      return parseInterval(tokens);
    case 'DATE':
    case 'TIME':
      if (tokens.peek(1).kind === 'string')
        refuse(at, `a ${token.text} literal`, "write TIMESTAMP '2026-01-01 00:00:00'");
      return undefined;
    case 'EXISTS':
      return refuse(at, 'EXISTS (...)', 'joins and sub-queries come later');
    case 'ROW':
    case 'ARRAY':
    case 'MAP':
      if (tokens.peek(1).text === '(' || tokens.peek(1).text === '[')
        refuse(at, `the constructor ${token.text}`, 'write the values into columns of their own');
      return undefined;
    case 'EXTRACT':
      return refuse(at, 'EXTRACT', 'group by window_start of a TUMBLE window, or send the part as a field');
    case 'CURRENT_TIMESTAMP':
    case 'CURRENT_DATE':
    case 'CURRENT_TIME':
    case 'LOCALTIME':
    case 'LOCALTIMESTAMP':
      return refuse(at, token.text, 'use the event time column, or receivedat for the instant of receipt');
    case 'POSITION':
    case 'TRIM':
    case 'SUBSTRING':
      return tokens.peek(1).text === '(' ? parseStringFunction(tokens) : undefined;
    default:
      return undefined;
  }
}

function parseCase(tokens: TokenStream): Expression {
  const { at } = tokens.next();
  const operand = tokens.is('WHEN') ? undefined : parseExpression(tokens);
  const whens: { when: Expression; then: Expression }[] = [];
  while (tokens.accept('WHEN')) {
    const when = parseExpression(tokens);
    tokens.expect('THEN', 'after WHEN ...');
    whens.push({ when, then: parseExpression(tokens) });
  }
  if (whens.length === 0) tokens.unexpected('WHEN ... THEN ...');
  const otherwise = tokens.accept('ELSE') ? parseExpression(tokens) : undefined;
  tokens.expect('END', 'after CASE ...');
  return { kind: 'case', at, operand, whens, otherwise };
}

/** `INTERVAL '5' SECOND` */
export function parseInterval(tokens: TokenStream): Expression & { readonly kind: 'interval' } {
  const { at } = tokens.expect('INTERVAL', "for example INTERVAL '1' MINUTE");
  const sign = tokens.accept('-') ? -1 : 1;
  const text = tokens.string("a number in quotes, for example '5'").text;
  const unit = tokens.next();
  if (tokens.accept('(')) refuse(at, 'the precision of an INTERVAL', "write INTERVAL '5' SECOND");
  const to = tokens.accept('TO') ? tokens.next().text : undefined;
  return { kind: 'interval', at, ms: sign * intervalMs(at, text, unit.text, to) };
}

/** The functions with words among their arguments: they become plain calls. */
function parseStringFunction(tokens: TokenStream): Expression {
  const { text: name, at } = tokens.next();
  tokens.next();
  const call = (callee: string, args: Expression[]): Expression => {
    tokens.expect(')', `after ${name}(...`);
    return { kind: 'call', at, name: callee, arguments: args, distinct: false, star: false, filter: undefined };
  };
  if (name === 'POSITION') {
    const part = parseExpression(tokens, POWER.like);
    tokens.expect('IN', 'in POSITION(part IN text)');
    return call('POSITION', [part, parseExpression(tokens)]);
  }
  if (name === 'SUBSTRING') {
    const args = [parseExpression(tokens)];
    if (tokens.accept('FROM') || tokens.accept(',')) args.push(parseExpression(tokens));
    if (tokens.accept('FOR') || tokens.accept(',')) args.push(parseExpression(tokens));
    return call('SUBSTRING', args);
  }
  const side = tokens.accept('LEADING')
    ? 'LTRIM'
    : tokens.accept('TRAILING')
      ? 'RTRIM'
      : (tokens.accept('BOTH'), 'TRIM');
  if (tokens.accept('FROM')) return call(side, [parseExpression(tokens)]);
  const first = parseExpression(tokens);
  return tokens.accept('FROM') ? call(side, [parseExpression(tokens), first]) : call(side, [first]);
}

function parseCall(tokens: TokenStream, name: string, at: Expression['at']): Expression {
  tokens.next();
  const distinct = tokens.accept('DISTINCT');
  if (!distinct) tokens.accept('ALL');
  let star = false;
  let args: Expression[] = [];
  if (tokens.accept('*')) star = true;
  else if (!tokens.is(')')) args = parseList(tokens);
  if (tokens.is('=>'))
    throw new SqlRefusal(
      tokens.at,
      'named arguments (name => value) are not supported here',
      'give the arguments in order',
    );
  tokens.expect(')', `after the arguments of ${name}`);
  let filter: Expression | undefined;
  if (tokens.accept('FILTER')) {
    tokens.expect('(', 'after FILTER');
    tokens.expect('WHERE', 'in FILTER (WHERE ...)');
    filter = parseExpression(tokens);
    tokens.expect(')', 'after FILTER (WHERE ...');
  }
  if (tokens.is('OVER'))
    refuse(at, `${name}(...) OVER (...)`, 'aggregate in a TUMBLE window with GROUP BY window_start, window_end');
  if (tokens.is('IGNORE') || tokens.is('RESPECT') || tokens.is('WITHIN'))
    refuse(tokens.at, `${tokens.peek().text} after ${name}(...)`, 'leave it out');
  return { kind: 'call', at, name, arguments: args, distinct, star, filter };
}
