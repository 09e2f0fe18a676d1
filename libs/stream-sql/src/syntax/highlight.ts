import { isKeyword } from './format-words.ts';
import { tokenize } from './lexer.ts';
import { RESERVED_FUNCTIONS } from './reserved-words.ts';
import type { Token } from './token.ts';
import type { Span } from './tree-node.ts';

/** What an editor colours: `function` is a word that is called, `bad` what cannot be read (a string without an end, ...). */
export type HighlightKind = 'keyword' | 'function' | 'name' | 'string' | 'number' | 'comment' | 'operator' | 'bad';

export interface Highlight {
  readonly kind: HighlightKind;
  /** Offset of the first character, and of the one behind the last. */
  readonly start: number;
  readonly end: number;
  readonly at: Span;
}

/** The pieces of a text in their order, blanks left out. It works on any text, also on one that does not parse. */
export function highlight(text: string): Highlight[] {
  const all = tokenize(text);
  const words = all.filter((token) => token.kind !== 'comment');
  let index = 0;
  return all.flatMap((token) => {
    const kind = token.kind === 'comment' ? 'comment' : kindOf(words, index++);
    return kind === undefined
      ? []
      : [{ kind, start: token.start, end: token.start + token.source.length, at: token.at }];
  });
}

function kindOf(tokens: readonly Token[], index: number): HighlightKind | undefined {
  const token = tokens[index]!;
  const next = tokens[index + 1];
  const called = next?.kind === 'symbol' && next.text === '(';
  switch (token.kind) {
    case 'word':
      if (called && (RESERVED_FUNCTIONS.has(token.text) || !isKeyword(tokens, index))) return 'function';
      return isKeyword(tokens, index) ? 'keyword' : 'name';
    case 'quoted':
      return 'name';
    case 'binary':
      return 'string';
    case 'symbol':
      return 'operator';
    case 'end':
      return undefined;
    default:
      return token.kind;
  }
}
