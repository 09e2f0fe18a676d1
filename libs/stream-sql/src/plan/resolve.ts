import { castExists } from '../functions/cast.ts';
import { callableFunctions, SCALAR_FUNCTIONS } from '../functions/registry.ts';
import type { Expression } from '../sql/ast.ts';
import { refuse, SqlRefusal, type Position } from '../sql/problem.ts';
import { commonType } from '../types/common-type.ts';
import {
  decimal,
  isTimestamp,
  sameKind,
  simple,
  string,
  timestamp,
  typeName,
  withNullable,
  type DataType,
} from '../types/data-type.ts';
import { parseDecimal } from '../types/decimal.ts';
import { resolveType } from '../types/resolve-type.ts';
import { readTimestamp } from '../types/timestamp.ts';
import { aggregateNames } from './aggregates.ts';
import type { PlanExpression } from './expression.ts';

/** Decides what a column, and any node that it wants to answer itself, means; `undefined` leaves the node to the resolver. */
export interface ResolveContext {
  column(node: Expression & { readonly kind: 'column' }): PlanExpression;
  intercept?(node: Expression): PlanExpression | undefined;
}

/** Types an expression and writes out its implicit casts. Throws SqlRefusal at the place that is wrong. */
export function resolve(node: Expression, context: ResolveContext): PlanExpression {
  const intercepted = context.intercept?.(node);
  if (intercepted !== undefined) return intercepted;
  const inner = (child: Expression): PlanExpression => resolve(child, context);
  switch (node.kind) {
    case 'null':
      return { kind: 'literal', value: null, type: simple('NULL') };
    case 'boolean':
      return { kind: 'literal', value: node.value, type: simple('BOOLEAN', false) };
    case 'number':
      return numberLiteral(node.text, node.at);
    case 'string':
      return { kind: 'literal', value: node.value, type: string(false) };
    case 'timestamp': {
      const read = readTimestamp(node.text);
      if (read === undefined || read.separator === 'T')
        throw new SqlRefusal(node.at, `'${node.text}' is not a timestamp`, "TIMESTAMP 'yyyy-MM-dd HH:mm:ss.SSS'");
      return { kind: 'literal', value: read.ms, type: timestamp(3, false) };
    }
    case 'interval':
      return { kind: 'literal', value: node.ms, type: simple('INTERVAL', false) };
    case 'column':
      return context.column(node);
    case 'unary':
      if (node.operator === '-' && node.operand.kind === 'number')
        return numberLiteral(`-${node.operand.text}`, node.at);
      if (node.operator === '+') return inner(node.operand);
      return call(node.operator === '-' ? 'NEGATE' : 'NOT', [inner(node.operand)], node.at);
    case 'binary':
      return binary(node.operator, inner(node.left), inner(node.right), node.at);
    case 'is': {
      const operand = inner(node.operand);
      const name = node.what === 'UNKNOWN' ? 'IS NULL' : `IS ${node.what}`;
      return negatedIf(node.negated, call(name, [operand], node.at), node.at);
    }
    case 'distinct-from':
      return negatedIf(node.negated, call('IS DISTINCT FROM', [inner(node.left), inner(node.right)], node.at), node.at);
    case 'between': {
      const [operand, low, high] = [inner(node.operand), inner(node.low), inner(node.high)];
      const within = (from: PlanExpression, to: PlanExpression): PlanExpression =>
        call('AND', [call('>=', [operand, from], node.at), call('<=', [operand, to], node.at)], node.at);
      const expression = node.symmetric
        ? call('OR', [within(low, high), within(high, low)], node.at)
        : within(low, high);
      return negatedIf(node.negated, expression, node.at);
    }
    case 'in': {
      const operand = inner(node.operand);
      const tests = node.list.map((item) => call('=', [operand, inner(item)], item.at));
      return negatedIf(
        node.negated,
        tests.reduce((all, test) => call('OR', [all, test], node.at)),
        node.at,
      );
    }
    case 'like': {
      const args = [
        inner(node.operand),
        inner(node.pattern),
        ...(node.escape === undefined ? [] : [inner(node.escape)]),
      ];
      return negatedIf(node.negated, call('LIKE', args, node.at), node.at);
    }
    case 'case':
      return caseWhen(node, inner);
    case 'cast':
      return cast(inner(node.operand), resolveType(node.type), node.safe, node.at);
    case 'call':
      if (node.name === 'PROCTIME')
        refuse(node.at, 'PROCTIME() here', 'declare a column proctime AS PROCTIME() in CREATE TABLE and name that');
      if (aggregateNames.has(node.name))
        throw new SqlRefusal(
          node.at,
          `${node.name} is an aggregate and cannot stand here`,
          'aggregates belong into the SELECT list or HAVING of a query with GROUP BY',
        );
      if (node.star || node.distinct || node.filter !== undefined)
        throw new SqlRefusal(node.at, `${node.name} is no aggregate: it takes neither *, DISTINCT nor FILTER`);
      return call(node.name, node.arguments.map(inner), node.at);
  }
}

function numberLiteral(text: string, at: Position): PlanExpression {
  if (/[eE]/.test(text)) return { kind: 'literal', value: Number(text), type: simple('DOUBLE', false) };
  const { unscaled, scale } = parseDecimal(text)!;
  const digits = unscaled.toString().replace('-', '').length;
  if (!text.includes('.')) {
    if (unscaled >= -(2n ** 31n) && unscaled < 2n ** 31n)
      return { kind: 'literal', value: Number(unscaled), type: simple('INT', false) };
    if (unscaled >= -(2n ** 63n) && unscaled < 2n ** 63n)
      return { kind: 'literal', value: unscaled.toString(), type: simple('BIGINT', false) };
  }
  const precision = Math.max(digits, scale, 1);
  if (precision > 38) throw new SqlRefusal(at, `the number ${text} has more than 38 digits`);
  return { kind: 'literal', value: unscaled.toString(), type: decimal(precision, scale, false) };
}

function binary(operator: string, left: PlanExpression, right: PlanExpression, at: Position): PlanExpression {
  if ((operator === '+' || operator === '-') && isTimestamp(left.type) && right.type.kind === 'INTERVAL')
    return call(`TIME ${operator}`, [left, right], at);
  if (operator === '+' && left.type.kind === 'INTERVAL' && isTimestamp(right.type))
    return call('TIME +', [right, left], at);
  return call(operator, [left, right], at);
}

const negatedIf = (negated: boolean, expression: PlanExpression, at: Position): PlanExpression =>
  negated ? call('NOT', [expression], at) : expression;

/** A call of a registered function, its arguments cast to what the signature asks for. */
export function call(name: string, args: readonly PlanExpression[], at: Position): PlanExpression {
  const fn = SCALAR_FUNCTIONS.get(name);
  if (fn === undefined) refuse(at, `the function ${name}`, `there is: ${callableFunctions().join(', ')}`);
  const resolution = fn.resolve(args.map((argument) => argument.type));
  if (resolution === undefined) {
    const given = args.map((argument) => typeName(withNullable(argument.type, true))).join(', ');
    throw new SqlRefusal(at, `${name} does not take (${given})`, `${fn.syntax}; convert with CAST(... AS ...)`);
  }
  return {
    kind: 'call',
    name,
    arguments: args.map((argument, i) => implicitly(argument, resolution.parameters[i]!)),
    type: resolution.result,
  };
}

/** The expression as this type, with a cast where it is of another. */
export function implicitly(expression: PlanExpression, to: DataType): PlanExpression {
  if (sameKind(expression.type, to)) return expression;
  return {
    kind: 'cast',
    operand: expression,
    safe: false,
    type: withNullable(to, expression.type.nullable || to.kind === 'DECIMAL'),
  };
}

function cast(operand: PlanExpression, to: DataType, safe: boolean, at: Position): PlanExpression {
  if (!castExists(operand.type, to)) {
    const hint = isTimestamp(to)
      ? 'make a time of a number with TO_TIMESTAMP_LTZ(milliseconds, 3)'
      : 'there is no such cast';
    throw new SqlRefusal(
      at,
      `${typeName(withNullable(operand.type, true))} cannot be cast to ${typeName(withNullable(to, true))}`,
      hint,
    );
  }
  return {
    kind: 'cast',
    operand,
    safe,
    type: withNullable(to, operand.type.nullable || safe || to.kind === 'DECIMAL'),
  };
}

function caseWhen(
  node: Expression & { readonly kind: 'case' },
  inner: (child: Expression) => PlanExpression,
): PlanExpression {
  const operand = node.operand === undefined ? undefined : inner(node.operand);
  const whens = node.whens.map(({ when, then }) => {
    const condition = operand === undefined ? inner(when) : call('=', [operand, inner(when)], when.at);
    if (condition.type.kind !== 'BOOLEAN' && condition.type.kind !== 'NULL')
      throw new SqlRefusal(when.at, `a condition must be BOOLEAN, not ${typeName(condition.type)}`);
    return { when: condition, then: inner(then) };
  });
  const otherwise: PlanExpression =
    node.otherwise === undefined ? { kind: 'literal', value: null, type: simple('NULL') } : inner(node.otherwise);
  const results = [...whens.map(({ then }) => then), otherwise];
  const type = commonType(results.map((result) => result.type));
  if (type === undefined)
    throw new SqlRefusal(
      node.at,
      `the branches of CASE have types without a common one: ${results.map((result) => typeName(withNullable(result.type, true))).join(', ')}`,
      'convert with CAST(... AS ...)',
    );
  return {
    kind: 'case',
    whens: whens.map(({ when, then }) => ({ when, then: implicitly(then, type) })),
    otherwise: implicitly(otherwise, type),
    type,
  };
}
