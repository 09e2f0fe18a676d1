import { SqlRefusal, refuse } from '../../syntax/problem.ts';
import type { TypeNode } from '../../syntax/tree-type.ts';
import { MAX_DECIMAL_PRECISION, MAX_LENGTH, type DataType } from '../../values/data-type.ts';
import { decimal, simple, time } from '../../values/types.ts';

/** The type that is written. Throws SqlRefusal at what Flink has not, and at RAW, structured types and VARIANT. */
export function dataTypeOf(node: TypeNode): DataType {
  const { nullable, parameters, at } = node;
  const [first] = parameters;
  if (node.path !== undefined)
    refuse(at, `the type ${node.path.map(({ name }) => name).join('.')}`, 'use ROW<...>, MAP<...> or STRING');
  switch (node.name) {
    case 'NULL':
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'FLOAT':
    case 'DOUBLE':
    case 'DATE':
      return simple(node.name, nullable);
    case 'INTEGER':
      return simple('INT', nullable);
    case 'DOUBLE PRECISION':
      return simple('DOUBLE', nullable);
    case 'DECIMAL':
    case 'DEC':
    case 'NUMERIC':
      return decimalOf(node);
    case 'STRING':
      return { kind: 'VARCHAR', length: MAX_LENGTH, nullable };
    case 'BYTES':
      return { kind: 'VARBINARY', length: MAX_LENGTH, nullable };
    // Without a length Flink's planner takes the longest, whatever its documentation says of 1.
    case 'VARCHAR':
    case 'CHARACTER VARYING':
    case 'CHAR VARYING':
      return { kind: 'VARCHAR', length: lengthOf(node, MAX_LENGTH), nullable };
    case 'VARBINARY':
    case 'BINARY VARYING':
      return { kind: 'VARBINARY', length: lengthOf(node, MAX_LENGTH), nullable };
    case 'CHAR':
    case 'CHARACTER':
      return { kind: 'CHAR', length: lengthOf(node, 1), nullable };
    case 'BINARY':
      return { kind: 'BINARY', length: lengthOf(node, 1), nullable };
    // Flink's planner calculates every TIME to the second, whatever is declared.
    case 'TIME':
    case 'TIME WITHOUT TIME ZONE':
      precisionOf(node, first ?? 0);
      return time(0, nullable);
    case 'TIMESTAMP':
    case 'TIMESTAMP WITHOUT TIME ZONE':
      return { kind: 'TIMESTAMP', precision: precisionOf(node, first ?? 6), nullable };
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP WITH LOCAL TIME ZONE':
      return { kind: 'TIMESTAMP_LTZ', precision: precisionOf(node, first ?? 6), nullable };
    case 'ARRAY':
    case 'MULTISET':
      return { kind: node.name, element: dataTypeOf(node.arguments[0]!), nullable };
    case 'MAP':
      return { kind: 'MAP', key: dataTypeOf(node.arguments[0]!), value: dataTypeOf(node.arguments[1]!), nullable };
    case 'ROW':
      return {
        kind: 'ROW',
        fields: node.fields.map((field) => ({ name: field.name.name, type: dataTypeOf(field.type) })),
        nullable,
      };
    default:
      if (node.interval !== undefined) {
        const months = ['YEAR', 'QUARTER', 'MONTH'].includes(node.interval.from);
        return simple(months ? 'INTERVAL_MONTHS' : 'INTERVAL_MS', nullable);
      }
      return refuse(
        at,
        `the type ${node.name}`,
        'for example STRING, BIGINT, DECIMAL(18, 2), TIMESTAMP_LTZ(3), ROW<...>',
      );
  }
}

function decimalOf({ parameters, nullable, at }: TypeNode): DataType {
  const [precision = 10, scale = 0] = parameters;
  if (precision < 1 || precision > MAX_DECIMAL_PRECISION)
    throw new SqlRefusal(
      at,
      `the precision of DECIMAL is between 1 and ${MAX_DECIMAL_PRECISION}, not ${precision}`,
      `for example DECIMAL(${MAX_DECIMAL_PRECISION}, ${Math.min(scale, MAX_DECIMAL_PRECISION)})`,
    );
  if (scale > precision)
    throw new SqlRefusal(
      at,
      `the scale of DECIMAL(${precision}, ${scale}) is above its precision`,
      `for example DECIMAL(${Math.min(MAX_DECIMAL_PRECISION, precision + scale)}, ${scale})`,
    );
  return decimal(precision, scale, nullable);
}

function lengthOf({ name, parameters, at }: TypeNode, fallback: number): number {
  const length = parameters[0] ?? fallback;
  if (length < 1 || length > MAX_LENGTH)
    throw new SqlRefusal(at, `the length of ${name} is between 1 and ${MAX_LENGTH}`, `for example ${name}(20)`);
  return length;
}

function precisionOf({ name, at }: TypeNode, precision: number): number {
  if (precision > 9) throw new SqlRefusal(at, `the precision of ${name} is between 0 and 9`, `for example ${name}(3)`);
  return precision;
}
