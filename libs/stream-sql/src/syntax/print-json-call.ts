import { printExpression, printExpressions, printGuarded, printOrderBy } from './print-expression.ts';
import { printType } from './print-type.ts';
import type { Expression, JsonBehavior, JsonCall, JsonEntry, JsonNulls } from './tree-expression.ts';

export function printJsonCall(call: JsonCall): string {
  const name = call.kind.replace('-', '_').toUpperCase();
  switch (call.kind) {
    case 'json-value':
    case 'json-query': {
      const parts = [input(call)];
      if (call.returning !== undefined) parts.push(`RETURNING ${printType(call.returning)}`);
      if (call.kind === 'json-query' && call.wrapper !== undefined)
        parts.push(call.wrapper === 'WITHOUT' ? 'WITHOUT WRAPPER' : `WITH ${call.wrapper} WRAPPER`);
      if (call.onEmpty !== undefined) parts.push(`${behavior(call.onEmpty)} ON EMPTY`);
      if (call.onError !== undefined) parts.push(`${behavior(call.onError)} ON ERROR`);
      return `${name}(${parts.join(' ')})`;
    }
    case 'json-exists':
      return `${name}(${input(call)}${call.onError === undefined ? '' : ` ${call.onError} ON ERROR`})`;
    case 'json-object':
      return `${name}(${join(call.entries.map(entry).join(', '), call.onNull)})`;
    case 'json-array':
      return `${name}(${join(printExpressions(call.elements), call.onNull)})`;
    case 'json-objectagg':
      return `${name}(${join(entry(call.entry), call.onNull)})`;
    case 'json-arrayagg': {
      const order = call.orderBy.length === 0 ? '' : ` ${printOrderBy(call.orderBy)}`;
      return `${name}(${join(`${printExpression(call.element)}${order}`, call.onNull)})`;
    }
  }
}

const input = (call: { readonly input: Expression; readonly path: Expression }): string =>
  `${printExpression(call.input)}, ${printExpression(call.path)}`;

const behavior = (found: JsonBehavior): string =>
  found.kind === 'DEFAULT' ? `DEFAULT ${printExpression(found.value)}` : found.kind;

const entry = ({ key, value }: JsonEntry): string => `KEY ${printGuarded(key)} VALUE ${printExpression(value)}`;

function join(items: string, onNull: JsonNulls | undefined): string {
  return [items, onNull === undefined ? '' : `${onNull} ON NULL`].filter((part) => part !== '').join(' ');
}
