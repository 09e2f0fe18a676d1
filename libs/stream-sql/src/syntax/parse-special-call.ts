import type { Cursor } from './cursor.ts';
import { finishCall } from './parse-call.ts';
import { parseExpression } from './parse-expression.ts';
import { parsePrimary } from './parse-primary.ts';
import { parseTimeUnit } from './parse-interval.ts';
import type { Token } from './token.ts';
import type { Call, Expression } from './tree-expression.ts';

type ArgumentParser = (cursor: Cursor) => Expression[];

/** Functions whose arguments have a syntax of their own; `tree-expression.ts` says in which order they stand in the tree. */
const SPECIAL: Readonly<Record<string, ArgumentParser>> = {
  EXTRACT: (cursor) => {
    const unit = parseTimeUnit(cursor, 'in EXTRACT(unit FROM time)');
    cursor.expect('FROM', 'in EXTRACT(unit FROM time)');
    return [unit, parseExpression(cursor)];
  },
  POSITION: (cursor) => {
    // Flink takes a name, a literal or a call there and nothing with operators or parentheses.
    if (cursor.is('(')) cursor.unexpected('a name, a literal or a call in POSITION(part IN text)');
    const part = parsePrimary(cursor);
    cursor.expect('IN', 'in POSITION(part IN text)');
    return [part, parseExpression(cursor), ...optional(cursor, 'FROM')];
  },
  TRIM: parseTrim,
  SUBSTRING: (cursor) => {
    const text = parseExpression(cursor);
    if (cursor.acceptOne('FROM', ',') === undefined)
      cursor.unexpected('FROM or a comma in SUBSTRING(text FROM start FOR length)');
    return [text, parseExpression(cursor), ...optional(cursor, 'FOR', ',')];
  },
  OVERLAY: (cursor) => {
    const text = parseExpression(cursor);
    cursor.expect('PLACING', 'in OVERLAY(text PLACING part FROM start)');
    const part = parseExpression(cursor);
    cursor.expect('FROM', 'in OVERLAY(text PLACING part FROM start)');
    return [text, part, parseExpression(cursor), ...optional(cursor, 'FOR')];
  },
  CEIL: parseRounding,
  CEILING: parseRounding,
  FLOOR: parseRounding,
  TIMESTAMPADD: parseTimestampCall,
  TIMESTAMPDIFF: parseTimestampCall,
  TRANSLATE: (cursor) => {
    const text = parseExpression(cursor);
    if (cursor.is('USING')) cursor.refuseHere('TRANSLATE(text USING ...)', 'leave it out: texts are Unicode');
    const rest: Expression[] = [];
    while (cursor.accept(',')) rest.push(parseExpression(cursor));
    return [text, ...rest];
  },
};

export const isSpecialFunction = (word: string): boolean => Object.hasOwn(SPECIAL, word) || word === 'CONVERT';

/** A call of a function with a syntax of its own; the cursor is at its name. */
export function parseSpecialCall(cursor: Cursor): Call {
  if (cursor.is('CONVERT'))
    cursor.refuseHere('CONVERT(...)', 'write CAST(value AS type), or CONVERT_TZ(text, from, to) for zones');
  const token: Token = cursor.next();
  cursor.expect('(', `after ${token.text}`);
  const args = SPECIAL[token.text]!(cursor);
  cursor.expect(')', `after the arguments of ${token.text}`);
  return finishCall(cursor, token.at, [{ name: token.source, at: token.at }], { arguments: args });
}

function optional(cursor: Cursor, ...words: readonly string[]): Expression[] {
  return cursor.acceptOne(...words) === undefined ? [] : [parseExpression(cursor)];
}

function parseTrim(cursor: Cursor): Expression[] {
  const flag = cursor.peek();
  const side = cursor.acceptOne('BOTH', 'LEADING', 'TRAILING');
  const symbol: Expression = { kind: 'symbol', value: side ?? 'BOTH', at: flag.at };
  if (side !== undefined && cursor.accept('FROM')) {
    return [symbol, { kind: 'string', value: ' ', at: flag.at }, parseExpression(cursor)];
  }
  const first = parseExpression(cursor);
  if (cursor.accept('FROM')) return [symbol, first, parseExpression(cursor)];
  return side === undefined ? [first] : [symbol, { kind: 'string', value: ' ', at: flag.at }, first];
}

function parseRounding(cursor: Cursor): Expression[] {
  const value = parseExpression(cursor);
  return cursor.accept('TO') ? [value, parseTimeUnit(cursor, 'after TO')] : [value];
}

function parseTimestampCall(cursor: Cursor): Expression[] {
  const unit = parseTimeUnit(cursor, 'as the first argument');
  cursor.expect(',', 'after the unit');
  const amount = parseExpression(cursor);
  cursor.expect(',', 'after the second argument');
  return [unit, amount, parseExpression(cursor)];
}
