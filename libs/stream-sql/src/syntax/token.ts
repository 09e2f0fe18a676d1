import type { Span } from './tree-node.ts';

/**
 * `word`: a name or keyword; `quoted`: a name in back-ticks; `bad`: something that cannot be read, `problem` says why; `end`: behind the
 * last one. In `/*+ ... *` + `/` the marks are symbols and what stands between them are tokens.
 */
export type TokenKind = 'word' | 'quoted' | 'string' | 'binary' | 'number' | 'symbol' | 'comment' | 'bad' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** A word in upper case, a quoted name or a string without its quotes and escapes; else as written. */
  readonly text: string;
  /** As written. */
  readonly source: string;
  /** Offset of the first character in the text. */
  readonly start: number;
  readonly at: Span;
  readonly problem?: { readonly message: string; readonly hint?: string };
}
