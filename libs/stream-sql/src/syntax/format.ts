import { layOut } from './format-layout.ts';
import { blanksBefore, formattedWord, TYPES_OF_TYPES } from './format-words.ts';
import { tokenize } from './lexer.ts';
import { MAX_NESTING } from './cursor.ts';
import { MAX_TEXT_LENGTH } from './parse.ts';
import type { Token } from './token.ts';

/**
 * The text in a fixed layout: keywords in upper case, a line for each clause, two blanks for each level, comments where they were. It changes
 * nothing but blanks and the case of keywords, and formats what it made to the same. A text that cannot be cut into tokens, or whose
 * brackets do not match, stays as it is.
 */
export function format(text: string): string {
  if (text.length > MAX_TEXT_LENGTH) return text;
  const all = tokenize(text);
  const tokens = all.filter((token) => token.kind !== 'comment' && token.kind !== 'end');
  const close = matchBrackets(tokens);
  if (close === undefined || all.some((token) => token.kind === 'bad')) return text;
  const layout = layOut(tokens, close);
  const blanks = blanksBefore(tokens, layout.named);
  const out: string[] = [];
  let indent = 0;
  let lineEnded: boolean = true;
  const breakLine = (to: number): void => {
    if (out.length > 0) out.push('\n');
    out.push(' '.repeat(to));
    indent = to;
    lineEnded = false;
  };
  let index = 0;
  let before: Token | undefined;
  let paragraphDone = false;
  for (const token of all) {
    const planned = token.kind === 'end' ? 0 : layout.breaks[index];
    if (token.kind === 'comment') {
      const trailing: boolean = before !== undefined && before.at.endLine === token.at.line && !lineEnded;
      if (trailing) out.push(' ');
      else {
        if (layout.paragraphs.has(index) && !paragraphDone) out.push('\n');
        paragraphDone = layout.paragraphs.has(index);
        breakLine(planned ?? indent);
      }
      out.push(token.source.trimEnd());
      lineEnded = !trailing || !token.source.startsWith('/*');
    } else if (token.kind !== 'end') {
      const strings = token.kind === 'string' && tokens[index - 1]?.kind === 'string';
      if (planned !== undefined || lineEnded || strings) {
        if (layout.paragraphs.has(index) && !paragraphDone) out.push('\n');
        breakLine(planned ?? indent);
      } else if (blanks[index] === true || before?.kind === 'comment') out.push(' ');
      paragraphDone = false;
      out.push(formattedWord(tokens, index));
      index++;
    }
    before = token;
  }
  return out.length === 0 ? '' : `${out.join('')}\n`;
}

/** Index of the closing bracket of each opening one; undefined where they do not match or lie too deep. */
function matchBrackets(tokens: readonly Token[]): ReadonlyMap<number, number> | undefined {
  const close = new Map<number, number>();
  const open: number[] = [];
  for (const [i, { kind, text }] of tokens.entries()) {
    if (kind !== 'symbol') continue;
    const before = tokens[i - 1];
    if (text === '<' && before?.kind === 'word' && TYPES_OF_TYPES.has(before.text)) open.push(i);
    else if (text === '>' && open.length > 0 && tokens[open.at(-1)!]!.text === '<') close.set(open.pop()!, i);
    else if (text === '(' || text === '[') {
      open.push(i);
      if (open.length > MAX_NESTING) return undefined;
    } else if (text === ')' || text === ']') {
      // `map < 1`: no type after all.
      while (open.length > 0 && tokens[open.at(-1)!]!.text === '<') open.pop();
      const start = open.pop();
      if (start === undefined || tokens[start]!.text !== (text === ')' ? '(' : '[')) return undefined;
      close.set(start, i);
    }
  }
  return open.every((i) => tokens[i]!.text === '<') ? close : undefined;
}
