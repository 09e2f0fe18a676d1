import { CLAUSE_WORDS, RESERVED_WORDS } from './reserved-words.ts';
import type { Token } from './token.ts';

const VALUE_WORDS: ReadonlySet<string> = new Set([
  'END',
  'NULL',
  'TRUE',
  'FALSE',
  'UNKNOWN',
  'CURRENT_DATE',
  'CURRENT_TIMESTAMP',
  'LOCALTIME',
  'LOCALTIMESTAMP',
]);
/** Types whose elements stand in angle brackets. */
export const TYPES_OF_TYPES: ReadonlySet<string> = new Set(['ARRAY', 'MAP', 'MULTISET', 'ROW']);
/** Keywords with a blank before their parentheses; those of functions have none. */
const SPACED: ReadonlySet<string> = new Set([
  ...[...CLAUSE_WORDS].filter((word) => word !== 'TABLE' && word !== 'UNNEST'),
  'ANY',
  'SOME',
  'ROLLUP',
  'CUBE',
  'SETS',
  'KEY',
  'UNIQUE',
  'ESCAPE',
  'RETURNING',
  'INCLUDING',
]);

/** Keywords that may be names too, by the words that stand before or behind them where they are keywords. */
const AFTER: Readonly<Record<string, readonly string[]>> = {
  KEY: ['PRIMARY'],
  VIEW: ['CREATE', 'DROP', 'TEMPORARY'],
  TEMPORARY: ['CREATE', 'DROP'],
  ENFORCED: ['NOT'],
  VIRTUAL: ['METADATA'],
  FIRST: ['NULLS', 'FETCH'],
  LAST: ['NULLS'],
  ORDINALITY: ['WITH'],
  PARTITIONED: [')'],
  SETS: ['GROUPING'],
  PRECEDING: ['UNBOUNDED'],
  FOLLOWING: ['UNBOUNDED'],
};
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  IF: ['NOT', 'EXISTS', '('],
  NULLS: ['FIRST', 'LAST'],
  UNBOUNDED: ['PRECEDING', 'FOLLOWING'],
  METADATA: ['FROM', 'VIRTUAL'],
  DESCRIPTOR: ['('],
  TUMBLE: ['('],
  HOP: ['('],
  SESSION: ['('],
  MAP: ['[', '<'],
  ASC: [',', ')', ';', 'NULLS', 'LIMIT', 'ROWS', 'RANGE', ''],
  DESC: [',', ')', ';', 'NULLS', 'LIMIT', 'ROWS', 'RANGE', ''],
  IGNORE: ['NULLS'],
  RESPECT: ['NULLS'],
};

const textOf = (token: Token | undefined): string => (token === undefined || token.kind === 'quoted' ? '' : token.text);

/** Whether a word is a keyword where it stands: a reserved one, or one that its neighbours make a keyword. */
export function isKeyword(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index]!;
  if (token.kind !== 'word') return false;
  const before = textOf(tokens[index - 1]);
  return (
    RESERVED_WORDS.has(token.text) ||
    AFTER[token.text]?.includes(before) === true ||
    (token.text === 'VIRTUAL' && tokens[index - 1]?.kind === 'string') ||
    (BEFORE[token.text]?.includes(textOf(tokens[index + 1])) === true && before !== '.')
  );
}

/** The text of a token in a formatted text: keywords in upper case, all else as written. */
export function formattedWord(tokens: readonly Token[], index: number): string {
  return isKeyword(tokens, index) ? tokens[index]!.text : tokens[index]!.source;
}

/** Whether a sign stands before its operand alone: `-a`. */
function isUnary(tokens: readonly Token[], index: number): boolean {
  const { text } = tokens[index]!;
  if (text !== '-' && text !== '+') return false;
  const before = tokens[index - 1];
  if (before === undefined) return true;
  if (before.kind === 'symbol') return before.text !== ')' && before.text !== ']';
  return before.kind === 'word' && RESERVED_WORDS.has(before.text) && !VALUE_WORDS.has(before.text);
}

/** Whether two tokens side by side without a blank would be read as another one: `<` and `>`, `1` and `.`, `.` and `5`. */
function wouldMerge(before: Token, token: Token): boolean {
  const ends = before.source.at(-1)! + token.source[0]!;
  return /^(<>|<=|>=|\|\||=>|--|\/\/|\/\*|\*\/|!=|\d\.|\.\d)$/.test(ends);
}

/** For each token whether a blank stands before it when it goes on in the line. `named`: `(` behind the name of a table that is made or written. */
export function blanksBefore(tokens: readonly Token[], named: ReadonlySet<number>): boolean[] {
  const angles: boolean[] = [];
  const opensType: boolean[] = [];
  return tokens.map((token, i) => {
    const before = tokens[i - 1];
    if (before === undefined) return false;
    if (wouldMerge(before, token)) return true;
    if (token.kind === 'symbol' && token.text === '<' && before.kind === 'word' && TYPES_OF_TYPES.has(before.text)) {
      angles.push(true);
      opensType[i] = true;
      return false;
    }
    if (token.kind === 'symbol' && token.text === '>' && angles.length > 0) {
      angles.pop();
      return false;
    }
    if (before.kind === 'symbol' && (['(', '[', '.'].includes(before.text) || opensType[i - 1] === true)) return false;
    if (isUnary(tokens, i - 1)) return token.text === '-' || token.text === '+';
    if (token.kind !== 'symbol') return true;
    if ([',', ';', ')', ']', '.'].includes(token.text)) return false;
    if (token.text === '[') return before.kind === 'symbol' && before.text !== ')' && before.text !== ']';
    if (token.text === '(')
      return named.has(i) || before.kind === 'symbol' || (before.kind === 'word' && SPACED.has(before.text));
    return true;
  });
}
