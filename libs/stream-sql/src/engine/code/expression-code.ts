import type { Argument, EvaluationContext } from '../../builtin/signature.ts';
import type { PlanExpression } from '../../planner/expression.ts';
import type { Value } from '../../values/data-type.ts';
import type { FunctionLibrary } from '../function-library.ts';
import { numberLiteral, textLiteral, type CodeWriter } from './code-writer.ts';
import { mayBeNull, type Atom, type Input } from './input.ts';

type Call = Extract<PlanExpression, { kind: 'call' }>;

/**
 * Writes statements that compute typed expressions. Equal expressions on one input are computed once within the block where they are known; what
 * stands behind AND, OR, COALESCE, IF or CASE is computed only when it is reached. NULL is tested only where types allow it.
 */
export class ExpressionCode {
  private readonly writer: CodeWriter;
  private readonly functions: FunctionLibrary;
  private readonly context: EvaluationContext;
  private readonly scopes: Map<string, Atom>[] = [new Map()];
  private readonly inputIds = new Map<Input, number>();
  private readonly expressionIds = new Map<PlanExpression, number>();
  private readonly shapes = new Map<string, number>();

  constructor(writer: CodeWriter, functions: FunctionLibrary, context: EvaluationContext) {
    this.writer = writer;
    this.functions = functions;
    this.context = context;
  }

  /** Writes what is computed in a block of its own: names made in it are not known after it. */
  block(open: string, write: () => void): void {
    this.writer.line(open);
    this.scopes.push(new Map());
    write();
    this.scopes.pop();
    this.writer.line('}');
  }

  /** The value of an expression, computed by the statements written so far. */
  atom(expression: PlanExpression, input: Input): Atom {
    const key = this.keyOf(expression, input);
    const known = this.find(key);
    if (known !== undefined) return known;
    const atom = this.compute(expression, input);
    this.scopes.at(-1)!.set(key, atom);
    return atom;
  }

  /** A column of the input. */
  column(input: Input, index: number, type: PlanExpression['type']): Atom {
    return this.atom({ kind: 'input', index, type }, input);
  }

  /** Writes a jump (`exit`: `continue`, `break X`, `return`) that is taken unless the condition is TRUE. */
  guard(condition: PlanExpression, input: Input, exit: string): void {
    if (condition.kind === 'call' && condition.name === 'AND')
      for (const part of condition.arguments) this.guard(part, input, exit);
    else this.writer.line(`if (!(${this.condition(condition, input)})) ${exit};`);
  }

  /** Code (a name or a short test) that is true when the condition is TRUE and false when it is FALSE or NULL. */
  condition(expression: PlanExpression, input: Input): string {
    if (expression.kind === 'call') {
      if (expression.name === 'AND' || expression.name === 'OR') {
        const or = expression.name === 'OR';
        const [first, ...rest] = expression.arguments;
        const name = this.writer.fresh('c');
        this.writer.line(`let ${name} = ${this.condition(first!, input)};`);
        for (const part of rest)
          this.block(`if (${or ? '!' : ''}${name}) {`, () =>
            this.writer.line(`${name} = ${this.condition(part, input)};`),
          );
        return name;
      }
      if (expression.name === 'NOT') return `${this.atom(expression.arguments[0]!, input).code} === false`;
      const text = this.textTest(expression, input);
      if (text !== undefined) return text;
    }
    const { code, nullable } = this.atom(expression, input);
    return nullable ? `${code} === true` : code;
  }

  private find(key: string): Atom | undefined {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const atom = this.scopes[i]!.get(key);
      if (atom !== undefined) return atom;
    }
    return undefined;
  }

  private define(code: string, nullable: boolean): Atom {
    const name = this.writer.fresh();
    this.writer.line(`const ${name} = ${code};`);
    return { code: name, nullable };
  }

  private compute(expression: PlanExpression, input: Input): Atom {
    switch (expression.kind) {
      case 'input': {
        const source = input.column(expression.index, expression.type);
        return source.kind === 'code'
          ? source.code === 'null'
            ? { code: 'null', nullable: true }
            : this.define(source.code, source.nullable)
          : this.atom(source.expression, source.on);
      }
      case 'field':
        return this.field(expression, input);
      case 'literal':
        return this.literal(this.functions.literal(expression.type, expression.value));
      case 'cast':
        return this.cast(expression, input);
      case 'case':
        return this.branches(expression.whens, expression.otherwise, mayBeNull(expression.type), input);
      case 'call':
        return this.call(expression, input);
    }
  }

  private literal(value: Value): Atom {
    if (value === null) return { code: 'null', nullable: true };
    if (typeof value === 'number') return { code: numberLiteral(value), nullable: false };
    if (typeof value === 'string') return { code: textLiteral(value), nullable: false };
    if (typeof value === 'boolean') return { code: String(value), nullable: false };
    if (typeof value === 'bigint') return { code: `(${value}n)`, nullable: false };
    return { code: this.writer.bind(value, 'value'), nullable: false };
  }

  private cast({ operand: of, type, safe }: Extract<PlanExpression, { kind: 'cast' }>, input: Input): Atom {
    const operand = this.atom(of, input);
    const inline = this.functions.inlineCast?.(operand.code, of.type, type);
    // The same value of another type keeps its name.
    if (inline === operand.code) return { code: inline, nullable: operand.nullable };
    const code =
      inline ?? `${this.writer.bind(this.functions.cast(of.type, type, safe, this.context), 'cast')}(${operand.code})`;
    return this.define(
      nullTest([operand], code),
      operand.nullable || (inline === undefined && (mayBeNull(type) || safe)),
    );
  }

  private field(expression: Extract<PlanExpression, { kind: 'field' }>, input: Input): Atom {
    const path: number[] = [];
    let inner: PlanExpression = expression;
    for (; inner.kind === 'field'; inner = inner.of) path.unshift(inner.index);
    if (inner.kind === 'input') {
      const source = input.field?.(inner.index, path, expression.type);
      if (source?.kind === 'code') return this.define(source.code, true);
      if (source?.kind === 'expression') return this.atom(source.expression, source.on);
    }
    const of = this.atom(expression.of, input);
    return this.define(nullTest([of], `${of.code}[${expression.index}]`), true);
  }

  private branches(
    whens: readonly { readonly when: PlanExpression; readonly then: PlanExpression }[],
    otherwise: PlanExpression,
    nullable: boolean,
    input: Input,
  ): Atom {
    const name = this.writer.fresh();
    this.writer.line(`let ${name};`);
    const write = (at: number): void => {
      const branch = whens[at];
      if (branch === undefined) {
        this.writer.line(`${name} = ${this.atom(otherwise, input).code};`);
        return;
      }
      const condition = this.condition(branch.when, input);
      this.block(`if (${condition}) {`, () => this.writer.line(`${name} = ${this.atom(branch.then, input).code};`));
      this.block('else {', () => write(at + 1));
    };
    write(0);
    return { code: name, nullable };
  }

  private call(expression: Call, input: Input): Atom {
    const { name, type } = expression;
    const [first, second, third] = expression.arguments;
    if (name === 'AND' || name === 'OR') return this.logic(expression.arguments, name === 'OR', input);
    if (name === 'COALESCE') return this.coalesce(expression, input);
    if (name === 'IF' && third !== undefined)
      return this.branches([{ when: first!, then: second! }], third, mayBeNull(type), input);
    const fn = this.functions.scalar(name);
    if (fn === undefined) throw new Error(`the plan calls the unknown function ${name}`);
    const args = expression.arguments.map((argument) => this.atom(argument, input));
    const codes = args.map(({ code }) => code);
    const types = expression.arguments.map((argument) => argument.type);
    const inline = fn.inline?.(codes, types, type);
    const code =
      inline === undefined
        ? `${this.writer.bind(fn.evaluate(expression.arguments.map(argumentOf, this.functions), type, this.context), 'f')}(${codes.join(', ')})`
        : `(${inline})`;
    return fn.nulls === 'own'
      ? this.define(code, mayBeNull(type))
      : this.define(nullTest(args, code), mayBeNull(type) || args.some(({ nullable }) => nullable));
  }

  /** AND stops at FALSE, OR at TRUE; NULL remembers that the answer may be unknown. */
  private logic(parts: readonly PlanExpression[], or: boolean, input: Input): Atom {
    const stop = String(or);
    const name = this.writer.fresh();
    const first = this.atom(parts[0]!, input);
    let { nullable } = first;
    this.writer.line(`let ${name} = ${first.code};`);
    for (const part of parts.slice(1))
      this.block(`if (${name} !== ${stop}) {`, () => {
        const next = this.atom(part, input);
        this.writer.line(
          nullable
            ? `if (${next.code} === ${stop} || ${name} !== null) ${name} = ${next.code};`
            : `${name} = ${next.code};`,
        );
        nullable ||= next.nullable;
      });
    return { code: name, nullable };
  }

  private coalesce(expression: Call, input: Input): Atom {
    const [first, ...rest] = expression.arguments;
    const value = this.atom(first!, input);
    if (!value.nullable || rest.length === 0) return value;
    const name = this.writer.fresh();
    this.writer.line(`let ${name} = ${value.code};`);
    const write = (at: number): void =>
      this.block(`if (${name} === null) {`, () => {
        const next = this.atom(rest[at]!, input);
        this.writer.line(`${name} = ${next.code};`);
        if (next.nullable && at + 1 < rest.length) write(at + 1);
      });
    write(0);
    return { code: name, nullable: mayBeNull(expression.type) };
  }

  /** A text column compared with a literal, on the bytes of a batch. */
  private textTest(expression: Call, input: Input): string | undefined {
    if (expression.name !== '=' && expression.name !== '<>') return undefined;
    const [left, right] = expression.arguments;
    if (left?.kind !== 'input' || right?.kind !== 'literal' || typeof right.value !== 'string') return undefined;
    // CHAR compares without trailing blanks, and texts of other types are not texts.
    if (left.type.kind !== 'VARCHAR' || (right.type.kind !== 'VARCHAR' && right.type.kind !== 'CHAR')) return undefined;
    if (this.find(this.keyOf(left, input)) !== undefined) return undefined;
    const test = input.isText?.(left.index, right.value);
    if (test === undefined) return undefined;
    const name = this.writer.fresh('c');
    this.writer.line(`const ${name} = !(${test.isNull}) && ${expression.name === '=' ? '' : '!'}${test.test};`);
    return name;
  }

  /** Equal for expressions that have the same value on the same row. */
  private keyOf(expression: PlanExpression, input: Input): string {
    if (expression.kind === 'input') {
      const source = input.column(expression.index, expression.type);
      if (source.kind === 'expression') return this.keyOf(source.expression, source.on);
    }
    let id = this.inputIds.get(input);
    if (id === undefined) this.inputIds.set(input, (id = this.inputIds.size));
    return `${id}:${this.shapeOf(expression)}`;
  }

  private shapeOf(expression: PlanExpression): number {
    const known = this.expressionIds.get(expression);
    if (known !== undefined) return known;
    // The parts take their numbers first.
    const shape = this.shapeText(expression) ?? `once ${this.shapes.size}`;
    const id = this.shapes.get(shape) ?? this.shapes.size;
    this.shapes.set(shape, id);
    this.expressionIds.set(expression, id);
    return id;
  }

  /** `undefined` for what may differ from call to call. */
  private shapeText(expression: PlanExpression): string | undefined {
    const type = JSON.stringify(expression.type);
    switch (expression.kind) {
      case 'input':
        return `input ${expression.index}`;
      case 'literal':
        return `literal ${type} ${JSON.stringify(expression.value)}`;
      case 'field':
        return `field ${expression.index} ${this.shapeOf(expression.of)}`;
      case 'cast':
        return `cast ${type} ${expression.safe} ${this.shapeOf(expression.operand)}`;
      case 'case':
        return `case ${type} ${expression.whens.map(({ when, then }) => `${this.shapeOf(when)} ${this.shapeOf(then)}`).join(' ')} ${this.shapeOf(expression.otherwise)}`;
      case 'call':
        return this.functions.scalar(expression.name)?.volatile === true
          ? undefined
          : `call ${expression.name} ${type} ${expression.arguments.map((argument) => this.shapeOf(argument)).join(' ')}`;
    }
  }
}

/** Code that is NULL when any of these is. */
function nullTest(args: readonly Atom[], code: string): string {
  const tests = [...new Set(args.filter(({ nullable }) => nullable).map(({ code: name }) => name))];
  if (tests.length === 0) return code;
  return `${tests.map((name) => `${name} === null`).join(' || ')} ? null : ${code}`;
}

function argumentOf(this: FunctionLibrary, expression: PlanExpression): Argument {
  return {
    type: expression.type,
    literal: expression.kind === 'literal' ? this.literal(expression.type, expression.value) : undefined,
  };
}
