/** A JSON text that is not one, at a place in it. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/** A scalar as it stands in the text: numbers keep every digit. */
export type JsonScalar =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string };

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const MAX_DEPTH = 500;

/**
 * Reads JSON from front to back, so that a reader takes the fields that it wants and skips the others, and no number passes
 * through a double. Grammar: RFC 8259, checked for skipped parts too.
 */
export class JsonCursor {
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Where the cursor stands, for `reset`. */
  mark(): number {
    return this.at * (MAX_DEPTH + 1) + this.depth;
  }

  reset(mark: number): void {
    this.at = Math.floor(mark / (MAX_DEPTH + 1));
    this.depth = mark % (MAX_DEPTH + 1);
  }

  /** The next character that is not blank, not taken. */
  peek(): string {
    for (;;) {
      const char = this.text[this.at];
      if (char === ' ' || char === '\n' || char === '\t' || char === '\r') this.at++;
      else return char ?? '';
    }
  }

  private take(char: string): void {
    if (this.peek() !== char) this.fail(`${char} is expected`);
    this.at++;
  }

  fail(what: string): never {
    throw new JsonError(`not JSON at character ${this.at + 1}: ${what}`);
  }

  /** Calls `member` for each member of the object that begins here; it must take the value. */
  object(member: (key: string) => void): void {
    this.enter('{');
    if (this.peek() !== '}') {
      do {
        if (this.peek() !== '"') this.fail('a member name is expected');
        const key = this.string();
        this.take(':');
        member(key);
      } while (this.comma());
    }
    this.leave('}');
  }

  array(element: () => void): void {
    this.enter('[');
    if (this.peek() !== ']') {
      do element();
      while (this.comma());
    }
    this.leave(']');
  }

  private comma(): boolean {
    if (this.peek() !== ',') return false;
    this.at++;
    return true;
  }

  private enter(char: string): void {
    if (++this.depth > MAX_DEPTH) this.fail(`more than ${MAX_DEPTH} levels`);
    this.take(char);
  }

  private leave(char: string): void {
    this.depth--;
    this.take(char);
  }

  scalar(): JsonScalar {
    const char = this.peek();
    if (char === '"') return { kind: 'string', value: this.string() };
    if (char === 't' || char === 'f' || char === 'n') {
      for (const [word, scalar] of WORDS) {
        if (this.text.startsWith(word, this.at)) {
          this.at += word.length;
          return scalar;
        }
      }
    }
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(this.text)?.[0];
    if (number === undefined) this.fail('a value is expected');
    this.at += number.length;
    return { kind: 'number', text: number };
  }

  private string(): string {
    let result = '';
    this.at++;
    for (;;) {
      PLAIN.lastIndex = this.at;
      const plain = PLAIN.exec(this.text)![0];
      result += plain;
      this.at += plain.length;
      const char = this.text[this.at];
      if (char === '"') {
        this.at++;
        return result;
      }
      if (char !== '\\') this.fail(char === undefined ? 'the string has no end' : 'a control character in a string');
      const next = this.text[this.at + 1] ?? '';
      if (next === 'u') {
        const hex = this.text.slice(this.at + 2, this.at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.fail('\\u needs four hexadecimal digits');
        result += String.fromCharCode(Number.parseInt(hex, 16));
        this.at += 6;
      } else {
        const escaped = Object.hasOwn(ESCAPES, next) ? ESCAPES[next] : undefined;
        if (escaped === undefined) this.fail('an unknown escape in a string');
        result += escaped;
        this.at += 2;
      }
    }
  }

  /** Skips one value, checking it. */
  skip(): void {
    const char = this.peek();
    if (char === '{') this.object(() => this.skip());
    else if (char === '[') this.array(() => this.skip());
    else this.scalar();
  }

  /** Skips one value and answers its text as written, without blanks between tokens; numbers as `numberText` writes them. */
  raw(numberText: (text: string) => string = (text) => text): string {
    const char = this.peek();
    const parts: string[] = [];
    if (char === '{') {
      this.object((key) => parts.push(`${JSON.stringify(key)}:${this.raw(numberText)}`));
      return `{${parts.join(',')}}`;
    }
    if (char === '[') {
      this.array(() => parts.push(this.raw(numberText)));
      return `[${parts.join(',')}]`;
    }
    const scalar = this.scalar();
    return scalar.kind === 'string'
      ? JSON.stringify(scalar.value)
      : scalar.kind === 'number'
        ? numberText(scalar.text)
        : scalar.kind === 'null'
          ? 'null'
          : String(scalar.value);
  }
}

const WORDS: readonly (readonly [string, JsonScalar])[] = [
  ['true', { kind: 'boolean', value: true }],
  ['false', { kind: 'boolean', value: false }],
  ['null', { kind: 'null' }],
];
