import { refuse } from '../../syntax/problem.ts';
import type { Expression, JsonBehavior, JsonCall } from '../../syntax/tree-expression.ts';
import type { TypeNode } from '../../syntax/tree-type.ts';
import { NULL } from '../../values/types.ts';
import type { PlanExpression } from '../expression.ts';
import { shownType } from '../shown-type.ts';
import { refuseBareNull } from './bare-null.ts';
import { call } from './call.ts';
import { dataTypeOf } from './data-type.ts';
import { textLiteral } from './literal.ts';

type ScalarJsonCall = JsonCall & {
  readonly kind: 'json-value' | 'json-query' | 'json-exists' | 'json-object' | 'json-array';
};
type Inner = (node: Expression) => PlanExpression;

function valuesOf(node: ScalarJsonCall): readonly Expression[] {
  if (node.kind === 'json-object') return node.entries.map(({ value }) => value);
  return node.kind === 'json-array' ? node.elements : [node.input, node.path];
}

const nothing: PlanExpression = { kind: 'literal', value: null, type: NULL };

/** JSON functions with a syntax of their own, as calls: what stands in words becomes texts. Throws SqlRefusal. */
export function jsonCall(node: ScalarJsonCall, inner: Inner): PlanExpression {
  refuseBareNull(node.kind, valuesOf(node));
  switch (node.kind) {
    case 'json-value': {
      const [emptyKind, emptyValue] = behavior(node.onEmpty, inner);
      const [errorKind, errorValue] = behavior(node.onError, inner);
      const returning = returned(node.returning, ['STRING', 'BOOLEAN', 'INTEGER', 'DOUBLE'], 'JSON_VALUE');
      return call(
        'JSON_VALUE',
        [
          inner(node.input),
          inner(node.path),
          textLiteral(returning),
          textLiteral(emptyKind),
          emptyValue,
          textLiteral(errorKind),
          errorValue,
        ],
        node.at,
      );
    }
    case 'json-query': {
      const returning = returned(node.returning, ['STRING', 'ARRAY'], 'JSON_QUERY');
      const words = [returning, node.wrapper ?? 'WITHOUT', node.onEmpty?.kind ?? 'NULL', node.onError?.kind ?? 'NULL'];
      for (const each of [node.onEmpty, node.onError])
        if (each?.kind === 'DEFAULT')
          refuse(each.at, 'DEFAULT in JSON_QUERY', 'NULL, EMPTY ARRAY, EMPTY OBJECT or ERROR');
      return call('JSON_QUERY', [inner(node.input), inner(node.path), ...words.map(textLiteral)], node.at);
    }
    case 'json-exists':
      return call('JSON_EXISTS', [inner(node.input), inner(node.path), textLiteral(node.onError ?? 'FALSE')], node.at);
    case 'json-object':
      return call(
        'JSON_OBJECT',
        [
          textLiteral(node.onNull ?? 'NULL'),
          rawPositions(node.entries.map(({ value }) => value)),
          ...node.entries.flatMap(({ key, value }) => [inner(key), inner(value)]),
        ],
        node.at,
      );
    case 'json-array':
      return call(
        'JSON_ARRAY',
        [textLiteral(node.onNull ?? 'ABSENT'), rawPositions(node.elements), ...node.elements.map(inner)],
        node.at,
      );
  }
}

/** Which of the values are JSON already, because a function of JSON makes them: they go in as they are, not as texts. */
const rawPositions = (values: readonly Expression[]): PlanExpression =>
  textLiteral(
    values
      .flatMap((value, i) =>
        value.kind === 'json-object' || value.kind === 'json-array' || (value.kind === 'call' && value.name === 'JSON')
          ? [i]
          : [],
      )
      .join(','),
  );

function behavior(node: JsonBehavior | undefined, inner: Inner): readonly [string, PlanExpression] {
  if (node === undefined) return ['NULL', nothing];
  if (node.kind === 'DEFAULT') return ['DEFAULT', inner(node.value)];
  if (node.kind !== 'NULL' && node.kind !== 'ERROR')
    return refuse(node.at, `${node.kind} in JSON_VALUE`, 'NULL, ERROR or DEFAULT value');
  return [node.kind, nothing];
}

function returned(node: TypeNode | undefined, known: readonly string[], name: string): string {
  if (node === undefined) return 'STRING';
  const type = dataTypeOf(node);
  const word = type.kind === 'VARCHAR' || type.kind === 'CHAR' ? 'STRING' : type.kind === 'INT' ? 'INTEGER' : type.kind;
  const isArray = type.kind === 'ARRAY' && type.element.kind !== 'VARCHAR';
  if (!known.includes(word) || isArray)
    return refuse(
      node.at,
      `${name} RETURNING ${shownType(type)}`,
      `RETURNING ${known.map((each) => (each === 'ARRAY' ? 'ARRAY<STRING>' : each)).join(', ')}; CAST the result to others`,
    );
  return word;
}
