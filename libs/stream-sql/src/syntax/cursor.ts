import { tokenize } from './lexer.ts';
import { refuse, SqlRefusal } from './problem.ts';
import { CLAUSE_WORDS, RESERVED_WORDS } from './reserved-words.ts';
import type { Token } from './token.ts';
import type { Name, Path, Span } from './tree-node.ts';

/** Levels of parentheses, sub-queries, CASEs and types within each other. The stack of the parser is good for several times as many. */
export const MAX_NESTING = 250;

/** A place in a list of tokens with the few questions that a recursive-descent parser asks. Comments are not seen. */
export class Cursor {
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;

  constructor(text: string) {
    this.tokens = tokenize(text).filter((token) => token.kind !== 'comment');
  }

  /** The token that comes `ahead` after the next one; throws where it cannot be read. */
  peek(ahead = 0): Token {
    const token = this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)]!;
    if (token.problem !== undefined && ahead === 0)
      throw new SqlRefusal(token.at, token.problem.message, token.problem.hint);
    return token;
  }

  get at(): Span {
    return this.peek().at;
  }

  get done(): boolean {
    return this.index >= this.tokens.length - 1;
  }

  next(): Token {
    const token = this.peek();
    if (this.index < this.tokens.length - 1) this.index++;
    return token;
  }

  /** Whether the next tokens are exactly these words or symbols. */
  is(text: string, ...more: readonly string[]): boolean {
    const token = this.peek();
    if (token.text !== text || (token.kind !== 'word' && token.kind !== 'symbol')) return false;
    return more.every((word, i) => this.isAt(i + 1, word));
  }

  /** Whether the token `ahead` after the next one is one of these words or symbols. */
  isAt(ahead: number, ...texts: readonly string[]): boolean {
    const token = this.peek(ahead);
    return (token.kind === 'word' || token.kind === 'symbol') && texts.includes(token.text);
  }

  isOne(...texts: readonly string[]): boolean {
    return this.isAt(0, ...texts);
  }

  /** Whether the next tokens are these words, one blank between two. */
  isWords(words: string): boolean {
    return words.split(' ').every((word, i) => this.isAt(i, word));
  }

  accept(text: string, ...more: readonly string[]): boolean {
    if (!this.is(text, ...more)) return false;
    this.index += 1 + more.length;
    return true;
  }

  /** The one of these words that comes next, if one does. */
  acceptOne<T extends string>(...texts: readonly T[]): T | undefined {
    const found = texts.find((text) => this.isAt(0, text));
    if (found !== undefined) this.index++;
    return found;
  }

  /** @param where - how the message goes on, for example `after the columns` */
  expect(text: string, where: string): Token {
    if (this.is(text)) return this.next();
    this.unexpected(`${text} ${where}`);
  }

  unexpected(expected: string): never {
    const token = this.peek();
    const found = token.kind === 'end' ? 'the end of the text' : token.source;
    throw new SqlRefusal(token.at, `${shorten(found)} is not expected here`, `expected: ${expected}`);
  }

  /** Whether the next token can be a name as it stands. */
  isName(ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'quoted' || (token.kind === 'word' && !RESERVED_WORDS.has(token.text));
  }

  /** An identifier: back-ticked, or a word that Flink does not reserve. @param what - for example `a column` */
  name(what: string): Name {
    const token = this.peek();
    if (token.kind !== 'quoted' && token.kind !== 'word') this.unexpected(what);
    if (token.kind === 'word' && CLAUSE_WORDS.has(token.text))
      this.unexpected(`${what}; a name is \`${token.source}\` in back-ticks`);
    if (token.kind === 'word' && RESERVED_WORDS.has(token.text)) {
      throw new SqlRefusal(
        token.at,
        `${token.source} is a reserved word and cannot be ${what} as it stands`,
        `write \`${token.source}\` in back-ticks`,
      );
    }
    this.next();
    return { name: token.kind === 'quoted' ? token.text : token.source, at: token.at };
  }

  /** `a.b.c` */
  path(what: string): Path {
    const names = [this.name(what)];
    while (this.is('.') && !this.isAt(1, '*')) {
      this.next();
      names.push(this.name(`the name after ${names.at(-1)!.name}.`));
    }
    return names;
  }

  /** `(a, b)` */
  names(what: string): Name[] {
    this.expect('(', `before ${what}`);
    const names = this.list(() => this.name('a column'));
    this.expect(')', `after ${what}`);
    return names;
  }

  /** One or more with commas between. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.accept(',')) items.push(item());
    return items;
  }

  string(what: string): Token {
    if (this.peek().kind !== 'string') this.unexpected(what);
    return this.next();
  }

  /** A whole number without a sign. */
  integer(what: string): number {
    const token = this.peek();
    if (token.kind !== 'number' || !/^\d{1,10}$/.test(token.text)) this.unexpected(what);
    this.next();
    return Number(token.text);
  }

  /** From the first character of `start` to the last of the token before the next one. */
  span(start: Span): Span {
    const end = this.tokens[Math.max(this.index - 1, 0)]!.at;
    return { line: start.line, column: start.column, endLine: end.endLine, endColumn: end.endColumn };
  }

  refuseHere(construct: string, hint: string): never {
    refuse(this.peek().at, construct, hint);
  }

  /** Runs a part of the parser that may contain itself; refuses when it does so too deeply. */
  nested<T>(parse: () => T): T {
    if (this.depth >= MAX_NESTING)
      throw new SqlRefusal(
        this.at,
        `more than ${MAX_NESTING} levels within each other`,
        'take inner parts out into views or WITH',
      );
    this.depth++;
    const result = parse();
    this.depth--;
    return result;
  }

  /** Moves behind the statement's semicolon, after a refusal. */
  skipStatement(): void {
    this.depth = 0;
    while (!this.done) {
      const token = this.tokens[this.index++]!;
      if (token.kind === 'symbol' && token.text === ';') return;
    }
  }
}

function shorten(source: string): string {
  return source.length > 40 ? `${source.slice(0, 40)}...` : source;
}
