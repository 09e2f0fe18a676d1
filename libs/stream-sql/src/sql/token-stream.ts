import type { Name } from './ast.ts';
import { tokenize, type Token } from './lexer.ts';
import { SqlRefusal, type Position } from './problem.ts';
import { RESERVED_WORDS } from './reserved-words.ts';

/** A cursor over tokens with the few questions that a recursive-descent parser asks. */
export class TokenStream {
  private readonly tokens: readonly Token[];
  private index = 0;

  constructor(text: string) {
    this.tokens = tokenize(text);
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)]!;
  }

  get at(): Position {
    return this.peek().at;
  }

  next(): Token {
    const token = this.peek();
    if (this.index < this.tokens.length - 1) this.index++;
    return token;
  }

  /** Whether the next tokens are exactly these words or symbols. */
  is(...texts: readonly string[]): boolean {
    return texts.every((text, i) => {
      const token = this.peek(i);
      return (token.kind === 'word' || token.kind === 'symbol') && token.text === text;
    });
  }

  accept(...texts: readonly string[]): boolean {
    if (!this.is(...texts)) return false;
    for (let i = 0; i < texts.length; i++) this.next();
    return true;
  }

  expect(text: string, where: string): Token {
    if (this.is(text)) return this.next();
    this.unexpected(`${text} ${where}`);
  }

  unexpected(expected: string): never {
    const token = this.peek();
    const found = token.kind === 'end' ? 'the end of the text' : token.source;
    throw new SqlRefusal(token.at, `${found} is not expected here`, `expected: ${expected}`);
  }

  /** An identifier: back-ticked, or a word that Flink does not reserve. */
  name(what: string): Name {
    const token = this.peek();
    if (token.kind === 'quoted') {
      this.next();
      return { name: token.text, at: token.at };
    }
    if (token.kind !== 'word') this.unexpected(what);
    if (RESERVED_WORDS.has(token.text)) {
      throw new SqlRefusal(
        token.at,
        `${token.source} is a reserved word and cannot be ${what} as it stands`,
        `write \`${token.source}\` in back-ticks`,
      );
    }
    this.next();
    return { name: token.source, at: token.at };
  }

  string(what: string): Token {
    if (this.peek().kind !== 'string') this.unexpected(what);
    return this.next();
  }

  /** Moves behind the statement's semicolon, after a refusal. */
  skipStatement(): void {
    while (this.peek().kind !== 'end' && !this.is(';')) this.next();
    this.accept(';');
  }
}
