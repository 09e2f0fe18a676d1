import { binaryProblem, decodeCString, decodeUnicode, unquote, type LiteralProblem } from './quoted-text.ts';
import type { Token, TokenKind } from './token.ts';

const LETTER = 'A-Za-z_$\\u00c0-\\u1fff\\u3040-\\ud7ff\\uf900-\\ufaff';
const WORD = new RegExp(`[${LETTER}][${LETTER}0-9]*`, 'y');
const NUMBER = /(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const SYMBOL = /<>|!=|<=|>=|\|\||=>|[(),;.+\-*/%=<>[\]{}?:]/y;
const BLANK = /\s+/y;
const LINE_COMMENT = /(?:--|\/\/)[^\r\n]*/y;

/**
 * Cuts a text into tokens, comments among them, an `end` token last. What cannot be read is a `bad` token, so that the statements around it can be.
 * Rules: Flink's default dialect (Calcite with back-ticks).
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const lineStarts = startsOfLines(text);
  let line = 0;
  let index = 0;
  let inHint = false;
  const push = (kind: TokenKind, end: number, value?: string, problem?: LiteralProblem): void => {
    while (line + 1 < lineStarts.length && lineStarts[line + 1]! <= index) line++;
    const first = line;
    while (line + 1 < lineStarts.length && lineStarts[line + 1]! <= end) line++;
    const source = text.slice(index, end);
    const at = {
      line: first + 1,
      column: index - lineStarts[first]! + 1,
      endLine: line + 1,
      endColumn: end - lineStarts[line]! + 1,
    };
    tokens.push({
      kind,
      text: value ?? source,
      source,
      start: index,
      at,
      ...(problem === undefined ? {} : { problem }),
    });
    index = end;
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = index;
    return pattern.exec(text)?.[0];
  };
  /** A literal with a prefix of `prefix` characters before its quote. */
  const literal = (prefix: number, kind: TokenKind, decode: (body: string) => string | LiteralProblem): void => {
    const end = closingQuote(text, index + prefix, kind === 'string' && /^e'/i.test(text.slice(index, index + 2)));
    if (end < 0) {
      const quote = text[index + prefix]!;
      const what = quote === "'" ? 'string' : 'name';
      push('bad', text.length, undefined, {
        message: `the ${what} that begins here has no end`,
        hint: `close it with ${quote}`,
      });
      return;
    }
    const value = decode(text.slice(index + prefix, end + 1));
    if (typeof value === 'string') push(kind, end + 1, value);
    else push('bad', end + 1, undefined, value);
  };
  while (index < text.length) {
    const blank = match(BLANK);
    if (blank !== undefined) {
      index += blank.length;
      continue;
    }
    const char = text[index]!;
    const two = text.slice(index, index + 2);
    if (two === '--' || two === '//') {
      push('comment', index + match(LINE_COMMENT)!.length);
    } else if (two === '/*') {
      const end = text.indexOf('*/', index + 2);
      if (end < 0)
        push('bad', text.length, undefined, { message: 'the comment /* has no end', hint: 'close it with */' });
      else if (text[index + 2] === '+') {
        inHint = true;
        push('symbol', index + 3);
      } else push('comment', end + 2);
    } else if (inHint && two === '*/') {
      inHint = false;
      push('symbol', index + 2);
    } else if (char === "'") literal(0, 'string', unquote);
    else if (char === '`') {
      literal(0, 'quoted', (body) => (body.length > 2 ? unquote(body) : { message: 'a name cannot be empty' }));
    } else if (char === '"') {
      const end = text.indexOf('"', index + 1);
      push('bad', end < 0 ? text.length : end + 1, undefined, {
        message: 'a name or string in double quotes is not supported',
        hint: "write names in back-ticks and strings in single quotes: `name`, 'text'",
      });
    } else word();
  }
  push('end', index);
  return tokens;

  function word(): void {
    const found = match(WORD);
    const next = text[index + (found?.length ?? 0)];
    const upper = found?.toUpperCase();
    if (found === undefined) {
      const number = match(NUMBER);
      if (number !== undefined) push('number', index + number.length);
      else {
        const symbol = match(SYMBOL);
        if (symbol !== undefined) push('symbol', index + symbol.length);
        else {
          const character = String.fromCodePoint(text.codePointAt(index)!);
          push('bad', index + character.length, undefined, {
            message: `the character ${JSON.stringify(character)} has no meaning here`,
          });
        }
      }
    } else if (upper === 'X' && next === "'") {
      literal(1, 'binary', (body) => binaryProblem(unquote(body)) ?? unquote(body));
    } else if (upper === 'E' && next === "'") literal(1, 'string', (body) => decodeCString(body.slice(1, -1)));
    else if (upper === 'U' && next === '&' && text[index + 2] === "'") {
      literal(2, 'string', (body) => {
        const escape = /\s*UESCAPE\s*'([^0-9a-fA-F+"\s])'/iy;
        escape.lastIndex = index + 2 + body.length;
        return decodeUnicode(unquote(body), escape.exec(text)?.[1] ?? '\\');
      });
    } else if ((upper === 'N' || upper!.startsWith('_')) && next === "'") {
      literal(found.length, 'string', () => ({
        message: `the literal prefix ${found}'...' is not supported`,
        hint: "write a plain string '...': it takes every character",
      }));
    } else push('word', index + found.length, upper);
  }
}

function startsOfLines(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return starts;
}

/** Index of the quote that ends the literal whose quote is at `start`; -1 when there is none. A doubled quote does not end it. */
function closingQuote(text: string, start: number, backslashes: boolean): number {
  const quote = text[start]!;
  for (let i = start + 1; i < text.length; i++) {
    if (backslashes && text[i] === '\\') i++;
    else if (text[i] === quote) {
      if (text[i + 1] !== quote) return i;
      i++;
    }
  }
  return -1;
}
