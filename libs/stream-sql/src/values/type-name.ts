import { MAX_LENGTH, type DataType } from './data-type.ts';
import { withNullable } from './types.ts';

/** The type as Flink prints it in messages, DESCRIBE and TYPEOF: `DECIMAL(10, 2) NOT NULL`, ``ROW<`a` INT>``. */
export function typeName(type: DataType): string {
  return `${bareName(type, typeName)}${type.nullable ? '' : ' NOT NULL'}`;
}

/** As `typeName`, in the form that Flink stores: STRING is VARCHAR(2147483647), BYTES VARBINARY(2147483647). */
export function serializableTypeName(type: DataType): string {
  const name =
    (type.kind === 'VARCHAR' || type.kind === 'VARBINARY') && type.length === MAX_LENGTH
      ? `${type.kind}(${MAX_LENGTH})`
      : bareName(type, serializableTypeName);
  return `${name}${type.nullable ? '' : ' NOT NULL'}`;
}

function bareName(type: DataType, nested: (type: DataType) => string): string {
  switch (type.kind) {
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'VARCHAR':
      return type.length === MAX_LENGTH ? 'STRING' : `VARCHAR(${type.length})`;
    case 'VARBINARY':
      return type.length === MAX_LENGTH ? 'BYTES' : `VARBINARY(${type.length})`;
    case 'CHAR':
    case 'BINARY':
      return `${type.kind}(${type.length})`;
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return `${type.kind}(${type.precision})`;
    case 'INTERVAL_MONTHS':
      return 'INTERVAL MONTH';
    case 'INTERVAL_MS':
      return 'INTERVAL SECOND(3)';
    case 'ARRAY':
    case 'MULTISET':
      return `${type.kind}<${nested(type.element)}>`;
    case 'MAP':
      return `MAP<${nested(type.key)}, ${nested(type.value)}>`;
    case 'ROW':
      return `ROW<${type.fields.map(({ name, type: field }) => `\`${name.replaceAll('`', '``')}\` ${nested(field)}`).join(', ')}>`;
    default:
      return type.kind;
  }
}

/** Whether both are the same type, NOT NULL included (in nested types too). */
export const sameType = (a: DataType, b: DataType): boolean => a === b || typeName(a) === typeName(b);

/** As `sameType`, but a difference of NOT NULL at the top does not count. */
export const sameTypeButNull = (a: DataType, b: DataType): boolean =>
  a === b || typeName(withNullable(a, true)) === typeName(withNullable(b, true));

/** Whether values of both stand in memory alike, so that a cast has nothing to do: names of fields and NOT NULL aside. */
export function sameValues(a: DataType, b: DataType): boolean {
  switch (a.kind) {
    case 'ARRAY':
    case 'MULTISET':
      return a.kind === b.kind && sameValues(a.element, b.element);
    case 'MAP':
      return b.kind === 'MAP' && sameValues(a.key, b.key) && sameValues(a.value, b.value);
    case 'ROW':
      return (
        b.kind === 'ROW' &&
        a.fields.length === b.fields.length &&
        a.fields.every((field, index) => sameValues(field.type, b.fields[index]!.type))
      );
    default:
      return sameTypeButNull(a, b);
  }
}
