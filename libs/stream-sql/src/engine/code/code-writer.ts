/**
 * Collects the source text of one generated function and what it is bound to. Bound values are parameters of the function around it (one closure
 * scope), so constants, functions and operators are reached by name and no text is ever made of a value that is not a plain literal.
 */
export class CodeWriter {
  private readonly lines: string[] = [];
  private readonly names = new Map<unknown, string>();
  private count = 0;

  /** A name for a value of the closure; the same for the same value. */
  bind(value: unknown, hint: string): string {
    let name = this.names.get(value);
    if (name === undefined) {
      name = `${hint}_${this.names.size}`;
      this.names.set(value, name);
    }
    return name;
  }

  /** A name that nothing else has. */
  fresh(prefix = 'v'): string {
    return `${prefix}${this.count++}`;
  }

  line(text: string): void {
    this.lines.push(text);
  }

  /** The place between the lines written so far and those to come, for `insert`. */
  mark(): number {
    return this.lines.length;
  }

  insert(mark: number, lines: readonly string[]): void {
    this.lines.splice(mark, 0, ...lines);
  }

  /** Evaluates `return <result>` after the lines written so far, inside a strict function over the bound values. */
  build<T>(result: string): T {
    const body = `'use strict';\n${this.lines.join('\n')}\nreturn ${result};`;
    return new Function(...this.names.values(), body)(...this.names.keys()) as T;
  }
}

/** A JavaScript literal of a text. */
export const textLiteral = (text: string): string => JSON.stringify(text);

/** A JavaScript literal of a number. */
export function numberLiteral(value: number): string {
  if (Object.is(value, -0)) return '(-0)';
  return value < 0 ? `(${value})` : String(value);
}
