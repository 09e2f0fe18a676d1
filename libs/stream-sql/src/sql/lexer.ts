import { refuse, SqlRefusal, type Position } from './problem.ts';

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** A word in upper case, a quoted name or a string without its quotes, a number or symbol as written. */
  readonly text: string;
  /** As written. */
  readonly source: string;
  readonly at: Position;
}

const SYMBOLS = [
  '<>',
  '!=',
  '<=',
  '>=',
  '||',
  '=>',
  '(',
  ')',
  ',',
  ';',
  '.',
  '+',
  '-',
  '*',
  '/',
  '%',
  '=',
  '<',
  '>',
  '[',
  ']',
];
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const BLANK = /\s+/y;

/** Cuts a text into tokens. Source of the rules: Flink's default dialect (Calcite): '...' strings, `...` names, -- and block comments. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  let line = 1;
  let lineStart = 0;
  const here = (): Position => ({ line, column: index - lineStart + 1 });
  const advance = (to: number): void => {
    for (let i = index; i < to; i++) {
      if (text.charCodeAt(i) === 10) {
        line++;
        lineStart = i + 1;
      }
    }
    index = to;
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = index;
    return pattern.exec(text)?.[0];
  };
  while (index < text.length) {
    const blank = match(BLANK);
    if (blank !== undefined) {
      advance(index + blank.length);
      continue;
    }
    const at = here();
    const two = text.slice(index, index + 2);
    const char = text[index]!;
    if (two === '--') {
      const end = text.indexOf('\n', index);
      advance(end < 0 ? text.length : end);
    } else if (two === '/*') {
      if (text[index + 2] === '+') refuse(at, 'a hint /*+ ... */', 'put the option into WITH (...) of the table');
      const end = text.indexOf('*/', index + 2);
      if (end < 0) throw new SqlRefusal(at, 'the comment /* has no end', 'close it with */');
      advance(end + 2);
    } else if (char === "'" || char === '`') {
      const end = closingQuote(text, index, char);
      if (end < 0)
        throw new SqlRefusal(
          at,
          `the ${char === "'" ? 'string' : 'name'} that begins here has no end`,
          `close it with ${char}`,
        );
      const source = text.slice(index, end + 1);
      tokens.push({
        kind: char === "'" ? 'string' : 'quoted',
        text: source.slice(1, -1).replaceAll(char + char, char),
        source,
        at,
      });
      advance(end + 1);
    } else if (char === '"') {
      refuse(
        at,
        'a name or string in double quotes',
        "write names in back-ticks and strings in single quotes: `name`, 'text'",
      );
    } else {
      const word = match(WORD);
      const number = word === undefined ? match(NUMBER) : undefined;
      const symbol =
        word === undefined && number === undefined ? SYMBOLS.find((s) => text.startsWith(s, index)) : undefined;
      const source = word ?? number ?? symbol;
      if (source === undefined) throw new SqlRefusal(at, `the character ${JSON.stringify(char)} has no meaning here`);
      if (word !== undefined && text[index + word.length] === "'" && /^([uxb]|_\w+)$/i.test(word)) {
        refuse(at, `the literal prefix ${word}'...'`, "write a plain string '...'");
      }
      const kind: TokenKind = word !== undefined ? 'word' : number !== undefined ? 'number' : 'symbol';
      tokens.push({ kind, text: kind === 'word' ? source.toUpperCase() : source, source, at });
      advance(index + source.length);
    }
  }
  tokens.push({ kind: 'end', text: '', source: '', at: here() });
  return tokens;
}

/** Index of the quote that closes the one at `from`, a doubled quote being part of the text; -1 without one. */
function closingQuote(text: string, from: number, quote: string): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] !== quote) continue;
    if (text[i + 1] === quote) i++;
    else return i;
  }
  return -1;
}
