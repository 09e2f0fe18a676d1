import type { Cursor } from './cursor.ts';
import { asDescriptor, parseCall, parseNamedCall } from './parse-call.ts';
import { parseExpression, parseExpressions } from './parse-expression.ts';
import { isIntervalUnit, parseIntervalQualifier } from './parse-interval.ts';
import { isJsonFunction, parseJsonCall } from './parse-json-call.ts';
import { isSetOperation, parseQuery, startsQuery } from './parse-query.ts';
import { isSpecialFunction, parseSpecialCall } from './parse-special-call.ts';
import { parseTargetType } from './parse-type.ts';
import { SqlRefusal } from './problem.ts';
import { BARE_FUNCTIONS, CLAUSE_WORDS, RESERVED_FUNCTIONS, RESERVED_WORDS } from './reserved-words.ts';
import type { Expression } from './tree-expression.ts';
import type { Span } from './tree-node.ts';

/** What operators stand between: literals, names, calls, parentheses, CASE, constructors. */
export function parsePrimary(cursor: Cursor): Expression {
  const token = cursor.peek();
  switch (token.kind) {
    case 'number':
      cursor.next();
      return { kind: 'number', text: token.text, at: token.at };
    case 'string':
      return parseString(cursor);
    case 'binary':
      return parseBinary(cursor);
    case 'quoted':
      return parseName(cursor);
    case 'word':
      return parseWord(cursor);
    case 'symbol':
      if (token.text === '(') return parseParentheses(cursor);
      if (token.text === '?') cursor.refuseHere('a parameter ?', 'write the value');
      if (token.text === '{')
        cursor.refuseHere(
          'the escape {...} of JDBC',
          "write the function or literal itself, for example DATE '2026-01-31'",
        );
      if (token.text === '*') cursor.unexpected('an expression; * stands alone, after a table or in COUNT(*)');
      break;
  }
  cursor.unexpected('an expression');
}

/** `'a'`, also parts of it on several lines; U&'...' may be followed by UESCAPE. */
function parseString(cursor: Cursor): Expression {
  const first = cursor.next();
  let value = first.text;
  let last = first;
  while (cursor.peek().kind === 'string') {
    const part = cursor.peek();
    if (part.at.line === last.at.endLine)
      throw new SqlRefusal(
        part.at,
        'two strings stand side by side',
        "write a || b, or one string; a quote within it is ''",
      );
    value += part.text;
    last = cursor.next();
  }
  if (cursor.is('UESCAPE')) {
    if (!/^u&/i.test(first.source)) cursor.unexpected("an operator; UESCAPE belongs to U&'...'");
    cursor.next();
    const escape = cursor.string('the escape character in quotes');
    if (!/^[^0-9a-fA-F+"\s]$/.test(escape.text))
      throw new SqlRefusal(
        escape.at,
        `'${escape.text}' cannot be an escape character`,
        "write one character, for example UESCAPE '!'",
      );
  }
  return { kind: 'string', value, at: cursor.span(first.at) };
}

function parseBinary(cursor: Cursor): Expression {
  const first = cursor.next();
  let hex = first.text;
  while (cursor.peek().kind === 'string' && cursor.peek().at.line > first.at.endLine) {
    const part = cursor.next();
    if (!/^([0-9a-fA-F]{2})*$/.test(part.text))
      throw new SqlRefusal(
        part.at,
        `'${part.text}' does not go on with the binary string`,
        'write two hexadecimal digits for each byte',
      );
    hex += part.text;
  }
  return { kind: 'bytes', hex: hex.toLowerCase(), at: cursor.span(first.at) };
}

function parseName(cursor: Cursor): Expression {
  const start = cursor.at;
  const path = cursor.path('an expression');
  if (cursor.is('(')) return asDescriptor(parseNamedCall(cursor, start, path));
  return { kind: 'column', path, at: cursor.span(start) };
}

function parseWord(cursor: Cursor): Expression {
  const token = cursor.peek();
  const word = token.text;
  const called = cursor.isAt(1, '(');
  switch (word) {
    case 'NULL':
    case 'UNKNOWN':
      cursor.next();
      return { kind: word === 'NULL' ? 'null' : 'unknown', at: token.at };
    case 'TRUE':
    case 'FALSE':
      cursor.next();
      return { kind: 'boolean', value: word === 'TRUE', at: token.at };
    case 'INTERVAL':
      return parseInterval(cursor);
    case 'CASE':
      return parseCase(cursor);
    case 'ARRAY':
      return parseArray(cursor);
    case 'ROW':
      if (called) return parseRow(cursor);
      break;
    case 'MAP':
      if (cursor.isAt(1, '[', '(')) return parseMap(cursor);
      break;
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
      if (['string', 'bad'].includes(cursor.peek(1).kind)) return parseTime(cursor, word);
      if (word === 'TIMESTAMP' && cursor.isAt(1, 'WITH'))
        cursor.refuseHere(
          'a literal TIMESTAMP WITH LOCAL TIME ZONE',
          "write CAST(TIMESTAMP '...' AS TIMESTAMP_LTZ(3))",
        );
      break;
    case 'CAST':
    case 'TRY_CAST':
      if (called) return parseCast(cursor, word === 'TRY_CAST');
      break;
    case 'DECIMAL':
      if (cursor.peek(1).kind === 'string') cursor.refuseHere("a literal DECIMAL '...'", 'write the number itself');
      break;
    case 'MULTISET':
      cursor.refuseHere('MULTISET[...]', 'write ARRAY[...], or COLLECT(...) over rows');
      break;
    case 'PERIOD':
      if (called) cursor.refuseHere('PERIOD(...)', '(start, end) OVERLAPS (start, end) compares periods');
      break;
    case 'CURSOR':
    case 'NEW':
      cursor.refuseHere(word, 'leave it out');
      break;
    case 'NEXT':
    case 'CURRENT':
      if (cursor.isAt(1, 'VALUE'))
        cursor.refuseHere(`${word} VALUE FOR`, 'take the number from the data: there are no sequences');
      break;
  }
  if (called && isSpecialFunction(word)) return parseSpecialCall(cursor);
  if (called && isJsonFunction(word)) return parseJsonCall(cursor);
  if (called && RESERVED_FUNCTIONS.has(word)) return parseCall(cursor);
  if (BARE_FUNCTIONS.has(word)) return parseBare(cursor);
  if (called && RESERVED_WORDS.has(word) && !CLAUSE_WORDS.has(word)) {
    throw new SqlRefusal(
      token.at,
      `${word}(...) is no function of Flink SQL`,
      `a column of that name is \`${token.source}\``,
    );
  }
  return parseName(cursor);
}

function parseBare(cursor: Cursor): Expression {
  const token = cursor.next();
  return {
    kind: 'call',
    name: token.text,
    path: [{ name: token.source, at: token.at }],
    arguments: [],
    star: false,
    bare: true,
    distinct: false,
    filter: undefined,
    withinGroup: [],
    nulls: undefined,
    over: undefined,
    at: token.at,
  };
}

function parseTime(cursor: Cursor, word: 'DATE' | 'TIME' | 'TIMESTAMP'): Expression {
  const start = cursor.next().at;
  const text = cursor.next().text;
  const kind = word === 'DATE' ? 'date' : word === 'TIME' ? 'time' : 'timestamp';
  return { kind, text, at: cursor.span(start) };
}

function parseInterval(cursor: Cursor): Expression {
  const start = cursor.next().at;
  const negative = cursor.acceptOne('-', '+') === '-';
  if (cursor.peek().kind !== 'string')
    cursor.refuseHere(
      'INTERVAL of an expression',
      "write the number in quotes, INTERVAL '5' MINUTE, or multiply: n * INTERVAL '1' MINUTE",
    );
  const text = cursor.next().text;
  const qualifier = parseIntervalQualifier(cursor);
  return { kind: 'interval', text, negative, qualifier, at: cursor.span(start) };
}

function parseCase(cursor: Cursor): Expression {
  const start = cursor.next().at;
  const operand = cursor.is('WHEN') ? undefined : parseExpression(cursor);
  const whens: { when: Expression[]; then: Expression }[] = [];
  while (cursor.accept('WHEN')) {
    const when = operand === undefined ? [parseExpression(cursor)] : parseExpressions(cursor);
    cursor.expect('THEN', 'in CASE WHEN ... THEN ...');
    whens.push({ when, then: parseExpression(cursor) });
  }
  if (whens.length === 0) cursor.unexpected('WHEN after CASE');
  const otherwise = cursor.accept('ELSE') ? parseExpression(cursor) : undefined;
  cursor.expect('END', 'after CASE');
  return { kind: 'case', operand, whens, otherwise, at: cursor.span(start) };
}

function parseCast(cursor: Cursor, safe: boolean): Expression {
  const start = cursor.next().at;
  cursor.expect('(', 'after CAST');
  const operand = parseExpression(cursor);
  cursor.expect('AS', 'in CAST(value AS type)');
  const type = parseTargetType(cursor);
  if (cursor.isOne('NOT', 'NULL')) cursor.unexpected(') after the type: whether it may be NULL follows from the value');
  cursor.expect(')', 'after the type');
  return { kind: 'cast', safe, operand, type, at: cursor.span(start) };
}

function parseArray(cursor: Cursor): Expression {
  const start = cursor.next().at;
  if (cursor.is('(')) {
    if (cursor.isAt(1, 'SELECT', 'WITH', 'VALUES'))
      cursor.refuseHere('ARRAY(SELECT ...)', 'collect rows with ARRAY_AGG(...)');
    cursor.unexpected('ARRAY[...] with square brackets');
  }
  const elements = parseBrackets(cursor, 'ARRAY[...]');
  return { kind: 'array', elements, at: cursor.span(start) };
}

function parseMap(cursor: Cursor): Expression {
  const start = cursor.next().at;
  if (cursor.is('(')) cursor.unexpected('MAP[key, value, ...] with square brackets');
  const values = parseBrackets(cursor, 'MAP[...]');
  const at = cursor.span(start);
  if (values.length % 2 === 1)
    throw new SqlRefusal(
      at,
      `MAP[...] has a key without a value`,
      'write a value for each key: MAP[key, value, key, value]',
    );
  const entries = values.flatMap((key, i) => (i % 2 === 0 ? [{ key, value: values[i + 1]! }] : []));
  return { kind: 'map', entries, at };
}

function parseBrackets(cursor: Cursor, where: string): Expression[] {
  cursor.expect('[', `in ${where}`);
  const elements = cursor.is(']') ? [] : parseExpressions(cursor);
  cursor.expect(']', `after the elements of ${where}`);
  return elements;
}

function parseRow(cursor: Cursor): Expression {
  const start = cursor.next().at;
  cursor.next();
  const fields = parseExpressions(cursor);
  cursor.expect(')', 'after the fields of ROW(...)');
  return { kind: 'row', explicit: true, fields, at: cursor.span(start) };
}

/** `(query)`, `(a)`, `(a, b)`. */
function parseParentheses(cursor: Cursor): Expression {
  const start = cursor.next().at;
  if (startsQuery(cursor)) {
    const query = parseQuery(cursor);
    cursor.expect(')', 'after the query');
    return { kind: 'scalar-query', query, at: cursor.span(start) };
  }
  const fields = parseExpressions(cursor);
  const only = fields.length === 1 ? fields[0]! : undefined;
  if (only?.kind === 'scalar-query' && isSetOperation(cursor)) {
    const query = parseQuery(cursor, only.query);
    cursor.expect(')', 'after the query');
    return { kind: 'scalar-query', query, at: cursor.span(start) };
  }
  cursor.expect(')', 'after the expression');
  return (
    timeDifference(cursor, only, start) ?? only ?? { kind: 'row', explicit: false, fields, at: cursor.span(start) }
  );
}

/** `(a - b) DAY TO SECOND` */
function timeDifference(cursor: Cursor, operand: Expression | undefined, start: Span): Expression | undefined {
  const unit = cursor.peek();
  if (operand?.kind !== 'binary' || operand.operator !== '-') return undefined;
  if (!isIntervalUnit(unit)) return undefined;
  const { left, right } = operand;
  const qualifier = parseIntervalQualifier(cursor);
  return { kind: 'time-difference', left, right, qualifier, at: cursor.span(start) };
}
