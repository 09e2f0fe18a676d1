import type { TypeNode } from '../sql/ast.ts';
import { refuse, SqlRefusal } from '../sql/problem.ts';
import { decimal, MAX_DECIMAL_PRECISION, MAX_LENGTH, simple, type DataType } from './data-type.ts';

/** The type that was written; types that the engine does not hold yet are refused where they stand. */
export function resolveType(node: TypeNode): DataType {
  const { nullable, parameters, at } = node;
  const [first] = parameters;
  switch (node.name) {
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'FLOAT':
    case 'DOUBLE':
      return simple(node.name, nullable);
    case 'INTEGER':
      return simple('INT', nullable);
    case 'DECIMAL':
    case 'DEC':
    case 'NUMERIC': {
      const precision = first ?? 10;
      const scale = parameters[1] ?? 0;
      if (precision < 1 || precision > MAX_DECIMAL_PRECISION)
        throw new SqlRefusal(
          at,
          `the precision of DECIMAL is between 1 and ${MAX_DECIMAL_PRECISION}, not ${precision}`,
        );
      if (scale > precision)
        throw new SqlRefusal(at, `the scale of DECIMAL(${precision}, ${scale}) is above its precision`);
      return decimal(precision, scale, nullable);
    }
    case 'STRING':
      return { kind: 'VARCHAR', length: MAX_LENGTH, nullable };
    case 'VARCHAR':
      return { kind: 'VARCHAR', length: length(node, first ?? 1), nullable };
    case 'CHAR':
      return { kind: 'CHAR', length: length(node, first ?? 1), nullable };
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const precision = first ?? 6;
      if (precision > 3) refuse(at, `${node.name}(${precision})`, `write ${node.name}(3): times have milliseconds`);
      return { kind: node.name, precision, nullable };
    }
    case 'ROW':
      return {
        kind: 'ROW',
        fields: node.fields.map((field) => ({ name: field.name.name, type: resolveType(field.type) })),
        nullable,
      };
    case 'DATE':
    case 'TIME':
      return refuse(at, `the type ${node.name}`, 'use TIMESTAMP(3) or STRING');
    case 'ARRAY':
    case 'MAP':
    case 'MULTISET':
      return refuse(at, `the type ${node.name}`, 'declare it as STRING: it then holds the JSON text');
    case 'BYTES':
    case 'BINARY':
    case 'VARBINARY':
      return refuse(at, `the type ${node.name}`, 'use STRING');
    default:
      throw new SqlRefusal(
        at,
        `${node.name} is not a type`,
        'for example STRING, BIGINT, DECIMAL(18, 2), TIMESTAMP_LTZ(3), ROW<...>',
      );
  }
}

function length(node: TypeNode, value: number): number {
  if (value < 1 || value > MAX_LENGTH)
    throw new SqlRefusal(node.at, `the length of ${node.name} is between 1 and ${MAX_LENGTH}`);
  return value;
}
