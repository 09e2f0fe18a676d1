import { scalarFunction } from '../../builtin/registry.ts';
import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Call, Expression, Operation } from '../../syntax/tree-expression.ts';
import type { Span } from '../../syntax/tree-node.ts';
import { timestampLtz } from '../../values/types.ts';
import type { PlanExpression } from '../expression.ts';
import { shownType } from '../shown-type.ts';
import { refuseBareNull, untypedNull } from './bare-null.ts';
import { call, unknownFunction } from './call.ts';
import { caseWhen } from './case-when.ts';
import { explicitCast } from './cast.ts';
import { compare, isOneOf } from './comparison.ts';
import type { ResolveContext } from './context.ts';
import { dataTypeOf } from './data-type.ts';
import { fieldOf } from './field.ts';
import { jsonCall } from './json-call.ts';
import { literal, numberLiteral, textLiteral } from './literal.ts';

/** Types an expression, with its implicit casts written out. Throws SqlRefusal at the place that is wrong. */
export function resolve(node: Expression, context: ResolveContext): PlanExpression {
  const intercepted = context.intercept?.(node);
  if (intercepted !== undefined) return intercepted;
  const inner = (child: Expression): PlanExpression => resolve(child, context);
  switch (node.kind) {
    case 'null':
    case 'unknown':
    case 'boolean':
    case 'number':
    case 'string':
    case 'bytes':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'interval':
      return literal(node);
    case 'binary':
      return binary(node, inner);
    case 'time-difference':
      return call('-', [inner(node.left), inner(node.right), textLiteral(node.qualifier.from)], node.at);
    case 'column':
      return context.column(node);
    case 'field':
      return fieldOf(inner(node.of), node.name);
    case 'item':
      refuseBareNull('[ ]', [node.index]);
      return call('ITEM', [inner(node.of), inner(node.index)], node.at, '[ ]');
    case 'unary':
      return unary(node, inner);
    case 'is':
      return isWhat(node, inner);
    case 'distinct-from':
      return call(
        node.negated ? 'IS NOT DISTINCT FROM' : 'IS DISTINCT FROM',
        [inner(node.left), inner(node.right)],
        node.at,
      );
    case 'between':
      return between(node, inner);
    case 'in':
      return not(node.negated, isOneOf(inner(node.operand), node.list.map(inner), node.at), node.at);
    case 'quantified': {
      if (node.right.kind === 'query') return subQueryHere(node, context);
      const operand = inner(node.operand);
      return node.right.list
        .map((item) => compare(node.operator, operand, inner(item), item.at))
        .reduce((all, test) => call(node.quantifier === 'ALL' ? 'AND' : 'OR', [all, test], node.at));
    }
    case 'like': {
      const parts = [node.operand, node.pattern, ...(node.escape === undefined ? [] : [node.escape])];
      refuseBareNull(node.operator, parts);
      return not(node.negated, call(node.operator, parts.map(inner), node.at), node.at);
    }
    case 'case':
      return caseWhen(node, inner);
    case 'cast':
      return explicitCast(inner(node.operand), dataTypeOf(node.type), node.safe, node.at);
    case 'array':
      return call('ARRAY', node.elements.map(inner), node.at);
    case 'map':
      return call(
        'MAP',
        node.entries.flatMap(({ key, value }) => [inner(key), inner(value)]),
        node.at,
      );
    case 'row':
      return call('ROW', node.fields.map(inner), node.at);
    case 'in-query':
    case 'exists':
    case 'scalar-query':
      return subQueryHere(node, context);
    case 'call':
      return functionCall(node, context, inner);
    case 'json-value':
    case 'json-query':
    case 'json-exists':
    case 'json-object':
    case 'json-array':
      return jsonCall(node, inner);
    case 'json-objectagg':
    case 'json-arrayagg':
      throw unknownFunction(node.kind === 'json-objectagg' ? 'JSON_OBJECTAGG' : 'JSON_ARRAYAGG', node.at);
    case 'symbol':
      return textLiteral(node.value);
    case 'named-argument':
      return refuse(node.at, 'an argument by its name', 'write the arguments in their order');
    case 'default':
      return refuse(node.at, 'DEFAULT', 'write the value');
    case 'descriptor':
    case 'table-argument':
      throw new SqlRefusal(
        node.at,
        `${node.kind === 'descriptor' ? 'DESCRIPTOR' : 'a table'} is not a value`,
        'it stands in a window function: FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), ...))',
      );
  }
}

/** Whoever can join a sub-query has done it before. */
const subQueryHere = ({ at }: Expression, { place }: ResolveContext): never =>
  refuse(at, `a sub-query in ${place}`, 'join it in FROM, and use its column here');

/** A condition: BOOLEAN, else refused where it stands. */
export function resolveCondition(node: Expression, context: ResolveContext): PlanExpression {
  const condition = typed(node, (each) => resolve(each, context));
  if (condition.type.kind !== 'BOOLEAN' && condition.type.kind !== 'NULL')
    throw new SqlRefusal(
      node.at,
      `a condition must be BOOLEAN, not ${shownType(condition.type)}`,
      'compare it, for example with = or IS NOT NULL',
    );
  return condition;
}

type Inner = (node: Expression) => PlanExpression;

function unary(node: Expression & { readonly kind: 'unary' }, inner: Inner): PlanExpression {
  if (node.operator === 'NOT') return call('NOT', [typed(node.operand, inner)], node.at);
  if (node.operand.kind === 'number')
    return numberLiteral(`${node.operator === '-' ? '-' : ''}${node.operand.text}`, node.at);
  const operand = inner(node.operand);
  return node.operator === '-' ? call('NEGATE', [operand], node.at, '-') : operand;
}

function binary(node: Operation & { readonly kind: 'binary' }, inner: Inner): PlanExpression {
  switch (node.operator) {
    case 'OVERLAPS':
      return call('OVERLAPS', [...sidesOf(node.left, inner), ...sidesOf(node.right, inner)], node.operatorAt);
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(node.operator, inner(node.left), inner(node.right), node.operatorAt, [node.left, node.right]);
    case 'AND':
    case 'OR':
      return call(node.operator, [typed(node.left, inner), typed(node.right, inner)], node.operatorAt);
    default:
      refuseBareNull(node.operator, [node.left, node.right]);
      return call(node.operator, [inner(node.left), inner(node.right)], node.operatorAt);
  }
}

/** A value whose type nothing else says: NULL alone has none, as in Flink. */
export function typed(node: Expression, inner: Inner): PlanExpression {
  const expression = inner(node);
  if (node.kind === 'null') throw untypedNull(node);
  return expression;
}

/** The ends of a period (start, end). */
const sidesOf = (node: Expression, inner: Inner): readonly PlanExpression[] =>
  node.kind === 'row' ? node.fields.map(inner) : [inner(node)];

function isWhat(node: Expression & { readonly kind: 'is' }, inner: Inner): PlanExpression {
  const operand = inner(node.operand);
  const [first, ...more] = node.what.split(' ') as [string, ...string[]];
  if (first !== 'NULL') refuseBareNull(node.what, [node.operand]);
  if (first === 'JSON')
    return not(node.negated, call('IS JSON', [operand, textLiteral(more[0] ?? 'VALUE')], node.at), node.at);
  return call(`IS ${node.negated ? 'NOT ' : ''}${first === 'UNKNOWN' ? 'NULL' : first}`, [operand], node.at);
}

function between(node: Expression & { readonly kind: 'between' }, inner: Inner): PlanExpression {
  const [operand, low, high] = [inner(node.operand), inner(node.low), inner(node.high)];
  const within = (from: PlanExpression, to: PlanExpression): PlanExpression =>
    call('AND', [compare('>=', operand, from, node.at), compare('<=', operand, to, node.at)], node.at);
  const found = node.symmetric ? call('OR', [within(low, high), within(high, low)], node.at) : within(low, high);
  return not(node.negated, found, node.at);
}

const not = (negated: boolean, expression: PlanExpression, at: Span): PlanExpression =>
  negated ? call('NOT', [expression], at) : expression;

function functionCall(node: Call, context: ResolveContext, inner: Inner): PlanExpression {
  const name = node.path.map((part) => part.name).join('.');
  if (node.path.length > 1) refuse(node.at, `the function ${name}`, 'functions of a catalog do not exist here');
  const isAggregate = scalarFunction(node.name) === undefined;
  if (node.over !== undefined)
    refuse(node.over.at, `OVER in ${context.place}`, 'write it in the SELECT list of a sub-query');
  if (isAggregate && node.name !== 'PROCTIME') throw unknownFunction(node.name, node.at);
  if (node.star || node.distinct || node.filter !== undefined || node.withinGroup.length > 0)
    throw new SqlRefusal(
      node.at,
      `${node.star ? '*' : node.distinct ? 'DISTINCT' : node.filter !== undefined ? 'FILTER' : 'WITHIN GROUP'} does not go with ${node.name}`,
      `${node.name} is no aggregate`,
    );
  if (node.name === 'PROCTIME' && node.arguments.length === 0)
    return { kind: 'call', name: 'PROCTIME', arguments: [], type: timestampLtz(3, false) };
  refuseBareNull(node.name, node.arguments);
  return call(node.name, node.arguments.map(inner), node.at);
}
