import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EvaluationError, type EvaluationContext } from '../../builtin/signature.ts';
import type { PlanExpression } from '../../planner/expression.ts';
import type { Row, Value } from '../../values/data-type.ts';
import { zoneOf } from '../../values/zone.ts';
import { FUNCTIONS } from '../../builtin/function-library.ts';
import type { FunctionLibrary } from '../function-library.ts';
import { holds, interpret } from '../testing/interpreter.ts';
import { localFunctions } from '../testing/local-functions.ts';
import { bigint, boolean, call, input, int, literal, text } from '../testing/plans.ts';
import { CodeWriter } from './code-writer.ts';
import { ExpressionCode } from './expression-code.ts';
import { projectedInput, rowInput } from './input.ts';

const context: EvaluationContext = { zone: zoneOf('UTC'), zoneName: 'UTC', now: () => 0, random: () => 0.5 };

/** All expressions in one function, as a stage computes them: values, and conditions. */
function compile(
  expressions: readonly PlanExpression[],
  functions: FunctionLibrary = localFunctions,
): { readonly run: (row: Row) => readonly Value[]; readonly source: string } {
  const writer = new CodeWriter();
  const code = new ExpressionCode(writer, functions, context);
  writer.line('function run(r) {');
  const row = rowInput('r');
  const results = expressions.map((expression) => code.atom(expression, row).code);
  writer.line(`return [${results.join(', ')}];`);
  writer.line('}');
  const run = writer.build<(row: Row) => readonly Value[]>('run');
  return { run, source: String(run) };
}

const outcome = (step: () => unknown): unknown => {
  try {
    return step();
  } catch (error) {
    if (error instanceof EvaluationError) return error.code;
    throw error;
  }
};

const numberLeaf = fc.oneof(
  fc.integer({ min: 0, max: 2 }).map((i) => input(i, int)),
  fc.constantFrom(null, -1, 0, 1, 2, 2 ** 31).map((value) => literal(value, int)),
);
const expressions = fc.letrec<{ number: PlanExpression; truth: PlanExpression }>((tie) => ({
  number: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    numberLeaf,
    fc
      .tuple(fc.constantFrom('+', '-', '*', '/', '%'), tie('number'), tie('number'))
      .map(([name, a, b]) => call(name, int, a, b)),
    fc.tuple(tie('number'), tie('number'), tie('number')).map((args) => call('COALESCE', int, ...args)),
    fc.tuple(tie('truth'), tie('number'), tie('number')).map((args) => call('IF', int, ...args)),
    fc
      .tuple(tie('truth'), tie('number'), tie('truth'), tie('number'), tie('number'))
      .map(([a, b, c, d, e]): PlanExpression => ({
        kind: 'case',
        type: int,
        whens: [
          { when: a, then: b },
          { when: c, then: d },
        ],
        otherwise: e,
      })),
    tie('number').map((operand): PlanExpression => ({
      kind: 'cast',
      safe: true,
      type: int,
      operand: { kind: 'cast', safe: false, type: text, operand },
    })),
  ),
  truth: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant(input(3, boolean)),
    fc.constantFrom(null, true, false).map((value) => literal(value, boolean)),
    fc
      .tuple(fc.constantFrom('=', '<>', '<', '>='), tie('number'), tie('number'))
      .map(([name, a, b]) => call(name, boolean, a, b)),
    fc
      .tuple(fc.constantFrom('AND', 'OR'), fc.array(tie('truth'), { minLength: 2, maxLength: 3 }))
      .map(([name, args]) => call(name, boolean, ...args)),
    tie('truth').map((a) => call('NOT', boolean, a)),
    tie('number').map((a) => call('IS NULL', { ...boolean, nullable: false }, a)),
  ),
}));
const small = fc.option(fc.integer({ min: -2, max: 2 }));
const rows = fc.tuple(small, small, small, fc.option(fc.boolean()));

describe('generated expressions', () => {
  test.each([
    ['a few functions', localFunctions],
    ['all of Flink', FUNCTIONS],
  ])('answer what a walk over their tree answers, failures included (%s)', (_, functions) => {
    fc.assert(
      fc.property(
        fc.oneof(expressions.number, expressions.truth),
        fc.array(rows, { minLength: 1, maxLength: 5 }),
        (expression, all) => {
          const { run, source } = compile([expression], functions);
          for (const row of all)
            expect(
              outcome(() => run(row)[0]),
              source,
            ).toEqual(outcome(() => interpret(expression, row, functions, context)));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('keep a row exactly when their condition is TRUE', () => {
    fc.assert(
      fc.property(expressions.truth, rows, (expression, row) => {
        const writer = new CodeWriter();
        const code = new ExpressionCode(writer, localFunctions, context);
        writer.line('function kept(r) {');
        code.guard(expression, rowInput('r'), 'return false');
        writer.line('return true;\n}');
        const kept = writer.build<(row: Row) => boolean>('kept');
        expect(
          outcome(() => kept(row)),
          String(kept),
        ).toEqual(outcome(() => holds(expression, row, localFunctions, context)));
      }),
      { numRuns: 500 },
    );
  });

  test('on the output of a calc are the same as on its rows', () => {
    fc.assert(
      fc.property(expressions.number, expressions.number, expressions.truth, rows, (a, b, c, row) => {
        const outer = call('IF', int, input(2, boolean), call('+', int, input(0, int), input(1, int)), input(0, int));
        const writer = new CodeWriter();
        const code = new ExpressionCode(writer, localFunctions, context);
        writer.line('function run(r) {');
        const result = code.atom(outer, projectedInput([a, b, c], rowInput('r')));
        writer.line(`return ${result.code};\n}`);
        const run = writer.build<(row: Row) => Value>('run');
        const expected = outcome(() => {
          const inner = [a, b, c].map((part) => interpret(part, row, localFunctions, context));
          return interpret(outer, inner, localFunctions, context);
        });
        // What is not needed is not computed, so that it cannot fail.
        if (expected !== 'division-by-zero')
          expect(
            outcome(() => run(row)),
            String(run),
          ).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('compute equal parts once', () => {
    const product = call('*', int, input(0, int), input(1, int));
    const { source } = compile([
      call('+', int, product, literal(1, int)),
      call('-', int, structuredClone(product), literal(1, int)),
    ]);
    expect(source.match(/f_\d+\(/g)).toHaveLength(1);
  });

  test('compute RAND() of two columns twice', () => {
    const { source } = compile([call('RAND', int), call('RAND', int)]);
    expect(source.match(/f_\d+\(/g)).toHaveLength(2);
  });

  test('carry texts and numbers that look like code', () => {
    const values = ['"; throw 1; //', '`${r}`', '\u2028', "'"];
    expect(compile(values.map((value) => literal(value, text))).run([])).toEqual(values);
    expect(compile([literal('9007199254740993', bigint), literal(-5, int)]).run([])).toEqual([9007199254740993n, -5]);
  });
});
