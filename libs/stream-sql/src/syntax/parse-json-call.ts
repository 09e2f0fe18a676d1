import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseTargetType } from './parse-type.ts';
import { parseOrderBy } from './parse-window.ts';
import { SqlRefusal } from './problem.ts';
import type { Expression, JsonBehavior, JsonCall, JsonEntry, JsonNulls } from './tree-expression.ts';
import type { Span } from './tree-node.ts';
import type { TypeNode } from './tree-type.ts';

const PARSERS: Readonly<Record<string, (cursor: Cursor, start: Span) => JsonCall>> = {
  JSON_VALUE: (cursor, start) => {
    const { input, path } = parseInput(cursor);
    const returning = parseReturning(cursor);
    const { onEmpty, onError } = parseBehaviors(cursor, 'JSON_VALUE', ['NULL', 'ERROR', 'DEFAULT']);
    return close(cursor, (at) => ({ kind: 'json-value', input, path, returning, onEmpty, onError, at }), start);
  },
  JSON_QUERY: (cursor, start) => {
    const { input, path } = parseInput(cursor);
    const returning = parseReturning(cursor);
    const wrapper = parseWrapper(cursor);
    const { onEmpty, onError } = parseBehaviors(cursor, 'JSON_QUERY', ['NULL', 'ERROR', 'EMPTY ARRAY', 'EMPTY OBJECT']);
    return close(
      cursor,
      (at) => ({ kind: 'json-query', input, path, returning, wrapper, onEmpty, onError, at }),
      start,
    );
  },
  JSON_EXISTS: (cursor, start) => {
    const { input, path } = parseInput(cursor);
    const onError = cursor.acceptOne('TRUE', 'FALSE', 'UNKNOWN', 'ERROR');
    if (onError !== undefined) {
      cursor.expect('ON', `after ${onError}`);
      cursor.expect('ERROR', `after ${onError} ON`);
    }
    return close(cursor, (at) => ({ kind: 'json-exists', input, path, onError, at }), start);
  },
  JSON_OBJECT: (cursor, start) => {
    const entries = startsNulls(cursor) || cursor.is(')') ? [] : cursor.list(() => parseEntry(cursor));
    const onNull = parseNulls(cursor);
    return close(cursor, (at) => ({ kind: 'json-object', entries, onNull, at }), start);
  },
  JSON_ARRAY: (cursor, start) => {
    const elements = startsNulls(cursor) || cursor.is(')') ? [] : cursor.list(() => parseExpression(cursor));
    const onNull = parseNulls(cursor);
    return close(cursor, (at) => ({ kind: 'json-array', elements, onNull, at }), start);
  },
  JSON_OBJECTAGG: (cursor, start) => {
    const entry = parseEntry(cursor);
    const onNull = parseNulls(cursor);
    return closeAggregate(cursor, (at) => ({ kind: 'json-objectagg', entry, onNull, at }), start);
  },
  JSON_ARRAYAGG: (cursor, start) => {
    const element = parseExpression(cursor);
    const orderBy = parseOrderBy(cursor);
    const onNull = parseNulls(cursor);
    return closeAggregate(cursor, (at) => ({ kind: 'json-arrayagg', element, orderBy, onNull, at }), start);
  },
};

export const isJsonFunction = (word: string): boolean => Object.hasOwn(PARSERS, word);

/** A call of JSON_VALUE and its kind; the cursor is at its name. */
export function parseJsonCall(cursor: Cursor): JsonCall {
  const token = cursor.next();
  cursor.expect('(', `after ${token.text}`);
  return PARSERS[token.text]!(cursor, token.at);
}

function close(cursor: Cursor, build: (at: Span) => JsonCall, start: Span): JsonCall {
  cursor.expect(')', 'at the end of the call');
  return build(cursor.span(start));
}

function closeAggregate(cursor: Cursor, build: (at: Span) => JsonCall, start: Span): JsonCall {
  const call = close(cursor, build, start);
  if (cursor.is('WITHIN'))
    cursor.refuseHere('WITHIN GROUP of a JSON aggregate', 'the order of a stream is not known: leave it out');
  if (cursor.is('FILTER')) cursor.refuseHere('FILTER of a JSON aggregate', 'write WHERE in a sub-query');
  if (cursor.is('OVER')) cursor.refuseHere('OVER of a JSON aggregate', 'aggregate with GROUP BY');
  return call;
}

function parseInput(cursor: Cursor): { readonly input: Expression; readonly path: Expression } {
  const input = parseExpression(cursor);
  if (cursor.is('FORMAT')) cursor.refuseHere('FORMAT JSON', 'leave it out: the text is read as JSON');
  cursor.expect(',', 'before the path');
  const path = parseExpression(cursor);
  if (cursor.is('PASSING')) cursor.refuseHere('PASSING', 'write the value into the path');
  return { input, path };
}

function parseReturning(cursor: Cursor): TypeNode | undefined {
  return cursor.accept('RETURNING') ? parseTargetType(cursor) : undefined;
}

function parseWrapper(cursor: Cursor): 'WITHOUT' | 'CONDITIONAL' | 'UNCONDITIONAL' | undefined {
  let wrapper: 'WITHOUT' | 'CONDITIONAL' | 'UNCONDITIONAL';
  if (cursor.accept('WITHOUT')) wrapper = 'WITHOUT';
  else if (cursor.accept('WITH')) wrapper = cursor.acceptOne('CONDITIONAL', 'UNCONDITIONAL') ?? 'UNCONDITIONAL';
  else return undefined;
  cursor.accept('ARRAY');
  cursor.expect('WRAPPER', 'in WITH or WITHOUT ARRAY WRAPPER');
  return wrapper;
}

type BehaviorKind = JsonBehavior['kind'];

/** `behavior ON EMPTY behavior ON ERROR`, each at most once. */
function parseBehaviors(
  cursor: Cursor,
  call: string,
  allowed: readonly BehaviorKind[],
): { readonly onEmpty: JsonBehavior | undefined; readonly onError: JsonBehavior | undefined } {
  const found: { EMPTY?: JsonBehavior; ERROR?: JsonBehavior } = {};
  while (!cursor.is(')')) {
    const behavior = parseBehavior(cursor, call, allowed);
    cursor.expect('ON', `after ${behavior.kind}`);
    const when = cursor.acceptOne('EMPTY', 'ERROR');
    if (when === undefined) cursor.unexpected('EMPTY or ERROR after ON');
    if (found[when] !== undefined) throw new SqlRefusal(behavior.at, `ON ${when} stands here twice`);
    found[when] = behavior;
  }
  return { onEmpty: found.EMPTY, onError: found.ERROR };
}

function parseBehavior(cursor: Cursor, call: string, allowed: readonly BehaviorKind[]): JsonBehavior {
  const start = cursor.at;
  const kind = allowed.find((name) => cursor.isWords(name));
  if (kind === undefined) cursor.unexpected(`a comma, ) or ${allowed.join(', ')} ON EMPTY or ON ERROR in ${call}`);
  for (const word of kind.split(' ')) cursor.expect(word, `in ${call}`);
  if (kind === 'DEFAULT') return { kind, value: parseExpression(cursor), at: cursor.span(start) };
  return { kind, at: cursor.span(start) };
}

const startsNulls = (cursor: Cursor): boolean => cursor.is('NULL', 'ON') || cursor.is('ABSENT', 'ON');

function parseNulls(cursor: Cursor): JsonNulls | undefined {
  if (!startsNulls(cursor)) return undefined;
  const nulls = cursor.next().text as JsonNulls;
  cursor.next();
  cursor.expect('NULL', `after ${nulls} ON`);
  return nulls;
}

/** `[KEY] k VALUE v`, `k : v` */
function parseEntry(cursor: Cursor): JsonEntry {
  const start = cursor.at;
  if (cursor.is('KEY') && !cursor.isAt(1, 'VALUE', ':', '.')) cursor.next();
  const key = parseExpression(cursor);
  if (cursor.acceptOne('VALUE', ':') === undefined) cursor.unexpected('VALUE after the key');
  return { key, value: parseExpression(cursor), at: cursor.span(start) };
}
