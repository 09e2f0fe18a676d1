import { typeName } from '../../values/type-name.ts';
import { withNullable } from '../../values/types.ts';
import { formatDecimal } from '../../values/decimal.ts';
import { integerOfText } from '../../values/integer.ts';
import type { PlanExpression } from '../expression.ts';

const INFIX = new Set([
  '+',
  '-',
  '*',
  '/',
  '%',
  '||',
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  'AND',
  'OR',
  'LIKE',
  'SIMILAR TO',
]);

/** An expression as a person reads it, with the names of the columns of its input row. */
export function expressionText(
  expression: PlanExpression,
  columns: readonly { readonly name: string }[],
  isInner = false,
): string {
  const inner = (part: PlanExpression): string => expressionText(part, columns, true);
  switch (expression.kind) {
    case 'input':
      return columns[expression.index]?.name ?? `$${expression.index}`;
    case 'field': {
      const { of, index } = expression;
      return `${inner(of)}.${of.type.kind === 'ROW' ? of.type.fields[index]!.name : index}`;
    }
    case 'literal':
      return literalText(expression);
    case 'cast':
      return `${expression.safe ? 'TRY_CAST' : 'CAST'}(${expressionText(expression.operand, columns)} AS ${typeName(withNullable(expression.type, true))})`;
    case 'case': {
      const whens = expression.whens.map(
        ({ when, then }) => `WHEN ${expressionText(when, columns)} THEN ${expressionText(then, columns)}`,
      );
      return `CASE ${whens.join(' ')} ELSE ${expressionText(expression.otherwise, columns)} END`;
    }
    case 'call': {
      const { name, arguments: args } = expression;
      if (INFIX.has(name) && args.length === 2) {
        const text = `${operand(args[0]!, name, columns)} ${name} ${operand(args[1]!, name, columns)}`;
        return isInner ? `(${text})` : text;
      }
      if (name.startsWith('IS ') && args.length === 1) return `${inner(args[0]!)} ${name}`;
      if (name === 'NOT') return `NOT ${inner(args[0]!)}`;
      if (name === 'NEGATE') return `-${inner(args[0]!)}`;
      return `${name}(${args.map((each) => expressionText(each, columns)).join(', ')})`;
    }
  }
}

/** a AND b AND c needs no parentheses. */
const operand = (part: PlanExpression, of: string, columns: readonly { readonly name: string }[]): string =>
  expressionText(
    part,
    columns,
    !((of === 'AND' || of === 'OR') && part.kind === 'call' && part.name !== 'AND' && part.name !== 'OR') &&
      !(part.kind === 'call' && part.name === of && (of === 'AND' || of === 'OR')),
  );

function literalText({ value, type }: PlanExpression & { readonly kind: 'literal' }): string {
  if (value === null) return 'NULL';
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return `'${String(value).replaceAll("'", "''")}'`;
    case 'DECIMAL':
      return formatDecimal(typeof value === 'number' ? value : integerOfText(String(value)), type.scale);
    case 'INTERVAL_MS':
      return `${String(value)} ms`;
    case 'INTERVAL_MONTHS':
      return `${String(value)} months`;
    case 'BOOLEAN':
      return value === true ? 'TRUE' : 'FALSE';
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'FLOAT':
    case 'DOUBLE':
      return String(value);
    default:
      return `${type.kind} ${String(value)}`;
  }
}
