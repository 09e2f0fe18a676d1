import { compiledRegex, isMatch } from '../text/regex.ts';
import { parseSteps, select, type Step } from './path.ts';
import { JsonNumber, parseJson, type Json } from './value.ts';

/** Whether an element passes `?(...)` of a path. */
export type Filter = (item: Json) => boolean;

interface Tokens {
  readonly all: readonly string[];
  at: number;
}

const TOKEN =
  /\s*(\(|\)|&&|\|\||==|!=|<=|>=|=~|<|>|!|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\/(?:[^/\\]|\\.)*\/i?|[@$](?:\.[\w*$-]+|\[[^\]]*\])*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;

/** `(@.price < 10 && @.tag == 'x')`; `undefined` when it cannot be read. */
export function parseFilter(text: string): Filter | undefined {
  const all: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) return undefined;
    all.push(token);
  }
  const tokens = { all, at: 0 };
  const filter = parseOr(tokens);
  return filter !== undefined && tokens.at === all.length ? filter : undefined;
}

function parseOr(tokens: Tokens): Filter | undefined {
  return parseJoined(tokens, '||', parseAnd, (a, b) => (item) => a(item) || b(item));
}
function parseAnd(tokens: Tokens): Filter | undefined {
  return parseJoined(tokens, '&&', parseTest, (a, b) => (item) => a(item) && b(item));
}

function parseJoined(
  tokens: Tokens,
  sign: string,
  part: (tokens: Tokens) => Filter | undefined,
  join: (a: Filter, b: Filter) => Filter,
): Filter | undefined {
  let filter = part(tokens);
  while (filter !== undefined && tokens.all[tokens.at] === sign) {
    tokens.at++;
    const next = part(tokens);
    filter = next === undefined ? undefined : join(filter, next);
  }
  return filter;
}

function parseTest(tokens: Tokens): Filter | undefined {
  const token = tokens.all[tokens.at];
  if (token === '!') {
    tokens.at++;
    const filter = parseTest(tokens);
    return filter === undefined ? undefined : (item) => !filter(item);
  }
  if (token === '(') {
    tokens.at++;
    const filter = parseOr(tokens);
    return filter !== undefined && tokens.all[tokens.at++] === ')' ? filter : undefined;
  }
  const left = parseOperand(tokens);
  if (left === undefined) return undefined;
  const sign = tokens.all[tokens.at] ?? '';
  if (!['==', '!=', '<', '<=', '>', '>=', '=~'].includes(sign)) return (item) => left(item) !== undefined;
  tokens.at++;
  if (sign === '=~') return parseMatch(left, tokens.all[tokens.at++]);
  const right = parseOperand(tokens);
  return right === undefined ? undefined : (item) => compare(sign, left(item), right(item));
}

function parseMatch(left: Operand, pattern: string | undefined): Filter | undefined {
  const parts = /^\/(.*)\/(i?)$/.exec(pattern ?? '');
  if (parts === null) return undefined;
  const regex = compiledRegex(`${parts[2] === 'i' ? '(?i)' : ''}^(?:${parts[1]})$`);
  return regex === undefined
    ? undefined
    : (item) => {
        const value = left(item);
        return typeof value === 'string' && isMatch(value, regex);
      };
}

type Operand = (item: Json) => Json | undefined;

function parseOperand(tokens: Tokens): Operand | undefined {
  const token = tokens.all[tokens.at];
  if (token === undefined) return undefined;
  tokens.at++;
  if (/^[@$]/.test(token)) {
    const steps: Step[] | undefined = parseSteps(token);
    return steps === undefined ? undefined : (item) => select(item, steps, false);
  }
  const literal = token.startsWith("'") ? token.slice(1, -1).replaceAll(/\\(.)/g, '$1') : parseJson(token);
  return literal === undefined ? undefined : () => literal;
}

function compare(sign: string, a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return sign === '!=' && a !== b;
  const [x, y] = [comparable(a), comparable(b)];
  if (sign === '==') return x === y;
  if (sign === '!=') return x !== y;
  if (typeof x !== typeof y || (typeof x !== 'number' && typeof x !== 'string')) return false;
  const [left, right] = [x, y as typeof x];
  return sign === '<' ? left < right : sign === '<=' ? left <= right : sign === '>' ? left > right : left >= right;
}

const comparable = (value: Json): unknown => (value instanceof JsonNumber ? Number(value.text) : value);
