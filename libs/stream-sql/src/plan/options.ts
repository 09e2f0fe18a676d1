import type { CreateTable } from '../sql/ast.ts';
import { SqlRefusal, type Position } from '../sql/problem.ts';

/** The options of one CREATE TABLE: what is not asked for is refused, so that no option is silently without effect. */
export class TableOptions {
  private readonly left = new Map<string, { readonly value: string; readonly at: Position }>();
  private readonly asked: string[] = [];
  private readonly table: CreateTable;

  /** `variables` are replaced in the values: `${project}`. */
  constructor(table: CreateTable, variables: Readonly<Record<string, string>>) {
    this.table = table;
    for (const { key, value, at } of table.options) {
      const text = value.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
        const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
        if (variable === undefined)
          throw new SqlRefusal(
            at,
            `\${${name}} is not a variable`,
            `there is: ${Object.keys(variables)
              .map((known) => `\${${known}}`)
              .join(', ')}`,
          );
        return variable;
      });
      this.left.set(key, { value: text, at });
    }
  }

  at(key: string): Position {
    return this.table.options.find((option) => option.key === key)?.at ?? this.table.name.at;
  }

  optional(key: string): string | undefined {
    this.asked.push(key);
    const found = this.left.get(key);
    this.left.delete(key);
    return found?.value;
  }

  required(key: string, example: string): string {
    const value = this.optional(key);
    if (value === undefined)
      throw new SqlRefusal(
        this.table.name.at,
        `the table ${this.table.name.name} lacks the option '${key}'`,
        `add '${key}' = '${example}' to WITH (...)`,
      );
    return value;
  }

  oneOf<T extends string>(key: string, allowed: readonly T[], fallback: T | undefined): T {
    const value = fallback === undefined ? this.required(key, allowed[0]!) : (this.optional(key) ?? fallback);
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined)
      throw new SqlRefusal(
        this.at(key),
        `'${key}' = '${value}' is not supported`,
        `one of: ${allowed.map((each) => `'${each}'`).join(', ')}`,
      );
    return found;
  }

  boolean(key: string): boolean {
    return this.oneOf(key, ['false', 'true'], 'false') === 'true';
  }

  /** Refuses what is left over. `why` explains well-known options of Flink that have no meaning here. */
  finish(why: Readonly<Record<string, string>>): void {
    for (const [key, { at }] of this.left) {
      const hint = Object.entries(why).find(([prefix]) => key.startsWith(prefix))?.[1];
      throw new SqlRefusal(
        at,
        `the option '${key}' is not supported`,
        hint ?? `supported: ${this.asked.map((each) => `'${each}'`).join(', ')}`,
      );
    }
  }
}
