import type { Cursor } from './cursor.ts';
import { parsePrimary } from './parse-primary.ts';
import { parseParenthesizedQuery, parseQuery, startsQuery } from './parse-query.ts';
import { BINARY_PRECEDENCE, Precedence } from './precedence.ts';
import { refuse, SqlRefusal } from './problem.ts';
import type { BinaryOperator, ComparisonOperator, Expression } from './tree-expression.ts';
import type { Span } from './tree-node.ts';
import type { Query } from './tree.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);
const SIGN_WORDS = ['-', '+'] as const;

/** Any expression. */
export function parseExpression(cursor: Cursor): Expression {
  return parseOperators(cursor, Precedence.any);
}

export function parseExpressions(cursor: Cursor): Expression[] {
  return cursor.list(() => parseExpression(cursor));
}

/** An expression of operators that bind stronger than `above`. */
function parseOperators(cursor: Cursor, above: number): Expression {
  return cursor.nested(() => {
    const start = cursor.at;
    let left = parsePrefix(cursor);
    for (;;) {
      const next = parseInfix(cursor, start, left, above) ?? parseSuffix(cursor, start, left, above);
      if (next === undefined) return left;
      left = next;
    }
  });
}

function parsePrefix(cursor: Cursor): Expression {
  const start = cursor.at;
  if (cursor.accept('NOT')) {
    const operand = parseOperators(cursor, Precedence.not);
    return { kind: 'unary', operator: 'NOT', operand, at: cursor.span(start) };
  }
  const sign = cursor.acceptOne(...SIGN_WORDS);
  if (sign !== undefined) {
    const operand = parseOperators(cursor, Precedence.sign);
    return { kind: 'unary', operator: sign, operand, at: cursor.span(start) };
  }
  if (cursor.is('EXISTS') && cursor.isAt(1, '(')) {
    cursor.next();
    return { kind: 'exists', query: parseParenthesizedQuery(cursor, 'in EXISTS (SELECT ...)'), at: cursor.span(start) };
  }
  if (cursor.is('UNIQUE')) cursor.refuseHere('UNIQUE (...)', 'compare COUNT(*) with COUNT(DISTINCT ...)');
  return parsePrimary(cursor);
}

/** Binary operators, `a[1]` and `.field`. */
function parseInfix(cursor: Cursor, start: Span, left: Expression, above: number): Expression | undefined {
  const token = cursor.peek();
  if (token.kind !== 'word' && token.kind !== 'symbol') return undefined;
  if (token.text === '[') {
    cursor.next();
    const index = parseExpression(cursor);
    cursor.expect(']', 'after the index');
    return { kind: 'item', of: left, index, at: cursor.span(start) };
  }
  if (token.text === '.') {
    if (cursor.isAt(1, '*'))
      cursor.refuseHere(
        '.* of an expression',
        'write the fields out, or select the row and take its fields in an outer query',
      );
    cursor.next();
    const name = cursor.name('a field');
    if (cursor.is('(')) cursor.refuseHere('a method call', 'write the function with its argument: f(x)');
    return { kind: 'field', of: left, name, at: cursor.span(start) };
  }
  if (token.text === '!=') cursor.refuseHere('!=', 'write <>');
  const operator = token.text;
  const quantified = COMPARISONS.has(operator) && cursor.isAt(1, 'ALL', 'ANY', 'SOME') && cursor.isAt(2, '(');
  const precedence = quantified ? Precedence.range : BINARY_PRECEDENCE[operator];
  if (precedence === undefined || precedence <= above) return undefined;
  cursor.next();
  if (quantified) return parseQuantified(cursor, start, left, operator as ComparisonOperator);
  const right = parseOperators(cursor, precedence);
  return {
    kind: 'binary',
    operator: operator as BinaryOperator,
    operatorAt: token.at,
    left,
    right,
    at: cursor.span(start),
  };
}

function parseQuantified(cursor: Cursor, start: Span, operand: Expression, operator: ComparisonOperator): Expression {
  const quantifier = cursor.next().text === 'ALL' ? 'ALL' : 'SOME';
  const right = parseListOrQuery(cursor);
  refuseTighter(cursor, `${quantifier} (...)`);
  return { kind: 'quantified', operator, quantifier, operand, right, at: cursor.span(start) };
}

/** IS ..., [NOT] IN, BETWEEN, LIKE, SIMILAR TO. */
function parseSuffix(cursor: Cursor, start: Span, left: Expression, above: number): Expression | undefined {
  const token = cursor.peek();
  if (token.kind !== 'word') return undefined;
  if (token.text === 'IS') return parseIs(cursor, start, left, above);
  const negated = token.text === 'NOT';
  const word = cursor.peek(negated ? 1 : 0);
  if (word.kind !== 'word') return undefined;
  refuseOperator(word.text, word.at, cursor.peek(negated ? 2 : 1).text);
  if (Precedence.range <= above || !['IN', 'BETWEEN', 'LIKE', 'SIMILAR'].includes(word.text)) return undefined;
  if (negated) cursor.next();
  cursor.next();
  if (word.text === 'IN') {
    const right = parseListOrQuery(cursor);
    refuseTighter(cursor, 'IN (...)');
    return right.kind === 'query'
      ? { kind: 'in-query', negated, operand: left, query: right.query, at: cursor.span(start) }
      : { kind: 'in', negated, operand: left, list: right.list, at: cursor.span(start) };
  }
  if (word.text === 'BETWEEN') {
    const symmetric = cursor.acceptOne('SYMMETRIC', 'ASYMMETRIC') === 'SYMMETRIC';
    const low = parseOperators(cursor, Precedence.and);
    cursor.expect('AND', 'in BETWEEN ... AND ...');
    if (cursor.is('NOT')) cursor.unexpected('a value after AND, or NOT ... in parentheses');
    const high = parseOperators(cursor, Precedence.range);
    return { kind: 'between', negated, symmetric, operand: left, low, high, at: cursor.span(start) };
  }
  if (word.text === 'SIMILAR') cursor.expect('TO', 'after SIMILAR');
  // LIKE is grouped from the right, as the only one.
  const pattern = parseOperators(cursor, Precedence.range - 1);
  const escape = cursor.accept('ESCAPE') ? parseOperators(cursor, Precedence.range - 1) : undefined;
  const operator = word.text === 'LIKE' ? 'LIKE' : 'SIMILAR TO';
  return { kind: 'like', operator, negated, operand: left, pattern, escape, at: cursor.span(start) };
}

/** Behind a list, operators that bind stronger would take the list and not the comparison: Flink refuses them too. */
function refuseTighter(cursor: Cursor, what: string): void {
  const operator = cursor.peek(cursor.is('NOT') ? 1 : 0);
  const tighter =
    (BINARY_PRECEDENCE[operator.text] ?? 0) > Precedence.range || ['[', '.', 'LIKE', 'SIMILAR'].includes(operator.text);
  if (tighter && (operator.kind === 'symbol' || operator.kind === 'word'))
    cursor.unexpected(`the end of ${what}, or parentheses around the whole comparison`);
}

const IS_WHAT = ['NULL', 'TRUE', 'FALSE', 'UNKNOWN'] as const;
const JSON_WHAT = ['VALUE', 'OBJECT', 'ARRAY', 'SCALAR'] as const;

function parseIs(cursor: Cursor, start: Span, left: Expression, above: number): Expression | undefined {
  const distinct = cursor.isAt(cursor.isAt(1, 'NOT') ? 2 : 1, 'DISTINCT');
  if ((distinct ? Precedence.comparison : Precedence.is) <= above) return undefined;
  cursor.next();
  const negated = cursor.accept('NOT');
  if (distinct) {
    cursor.next();
    cursor.expect('FROM', 'after DISTINCT');
    const right = parseOperators(cursor, Precedence.comparison);
    return { kind: 'distinct-from', negated, left, right, at: cursor.span(start) };
  }
  const what = cursor.acceptOne(...IS_WHAT);
  if (what !== undefined) return { kind: 'is', what, negated, operand: left, at: cursor.span(start) };
  if (cursor.accept('JSON')) {
    const json = cursor.acceptOne(...JSON_WHAT);
    return {
      kind: 'is',
      what: json === undefined ? 'JSON' : `JSON ${json}`,
      negated,
      operand: left,
      at: cursor.span(start),
    };
  }
  if (cursor.isOne('A', 'EMPTY'))
    cursor.refuseHere(`IS ${cursor.peek().text === 'A' ? 'A SET' : 'EMPTY'}`, 'compare CARDINALITY(...) with 0');
  cursor.unexpected('NULL, TRUE, FALSE, UNKNOWN, JSON or DISTINCT FROM after IS');
}

/** Operators of Calcite that Flink, or this engine, does not run. */
function refuseOperator(word: string, at: Span, following: string): void {
  if (word === 'ILIKE') refuse(at, 'ILIKE', 'write LOWER(text) LIKE pattern');
  if (word === 'RLIKE') refuse(at, 'RLIKE', 'write REGEXP(text, pattern)');
  if (word === 'MEMBER' && following === 'OF')
    refuse(at, 'MEMBER OF', 'write ARRAY_CONTAINS(array, element) over an array');
  if (word === 'SUBMULTISET' && following === 'OF') refuse(at, 'SUBMULTISET OF', 'compare arrays by ARRAY_EXCEPT');
  if (word === 'MULTISET' && ['UNION', 'INTERSECT', 'EXCEPT'].includes(following))
    refuse(at, `MULTISET ${following}`, `write ARRAY_${following}(a, b) over arrays`);
  if (['CONTAINS', 'EQUALS', 'PRECEDES', 'SUCCEEDS'].includes(word))
    refuse(at, `the operator ${word} of periods`, 'compare the bounds with <, <= and =, or write OVERLAPS');
  if (word === 'IMMEDIATELY' && ['PRECEDES', 'SUCCEEDS'].includes(following))
    refuse(at, `the operator IMMEDIATELY ${following} of periods`, 'compare the bounds with =');
  if (word === 'COLLATE') refuse(at, 'COLLATE', 'leave it out: texts are compared by their characters');
  if (word === 'AT' && ['TIME', 'LOCAL'].includes(following))
    refuse(at, 'AT TIME ZONE', 'write CONVERT_TZ(text, from, to)');
}

/** What stands in parentheses after IN, ALL, SOME. */
function parseListOrQuery(
  cursor: Cursor,
): { readonly kind: 'list'; readonly list: readonly Expression[] } | { readonly kind: 'query'; readonly query: Query } {
  const open = cursor.expect('(', 'before the list or the query');
  if (startsQuery(cursor)) {
    const query = parseQuery(cursor);
    cursor.expect(')', 'after the query');
    return { kind: 'query', query };
  }
  if (cursor.is(')')) throw new SqlRefusal(cursor.span(open.at), 'the list is empty', 'write at least one value');
  const list = parseExpressions(cursor);
  const only = list.length === 1 ? list[0]! : undefined;
  if (only?.kind === 'scalar-query') {
    const query = parseQuery(cursor, only.query);
    cursor.expect(')', 'after the query');
    return { kind: 'query', query };
  }
  cursor.expect(')', 'after the list');
  return { kind: 'list', list };
}
