import type { DataType, TypeKind } from './data-type.ts';

const NUMERIC: readonly TypeKind[] = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'FLOAT', 'DOUBLE', 'DECIMAL'];

/** From which kinds a value is taken without being asked. Source: Flink's LogicalTypeCasts. */
const IMPLICIT: Readonly<Partial<Record<TypeKind, readonly TypeKind[]>>> = {
  VARCHAR: ['CHAR', 'VARCHAR'],
  VARBINARY: ['BINARY', 'VARBINARY'],
  DECIMAL: NUMERIC,
  SMALLINT: ['TINYINT', 'SMALLINT'],
  INT: ['TINYINT', 'SMALLINT', 'INT'],
  BIGINT: ['TINYINT', 'SMALLINT', 'INT', 'BIGINT'],
  FLOAT: ['TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'FLOAT', 'DECIMAL'],
  DOUBLE: NUMERIC,
  DATE: ['DATE', 'TIMESTAMP'],
  TIME: ['TIME', 'TIMESTAMP'],
  TIMESTAMP: ['TIMESTAMP', 'TIMESTAMP_LTZ'],
  TIMESTAMP_LTZ: ['TIMESTAMP_LTZ', 'TIMESTAMP'],
};

/** Whether a value of `from` may stand where `to` is asked for, with an implicit cast. NOT NULL does not count. */
export function implicitCastExists(from: DataType, to: DataType): boolean {
  if (from.kind === 'NULL') return true;
  switch (to.kind) {
    case 'ARRAY':
    case 'MULTISET':
      return from.kind === to.kind && implicitCastExists(from.element, to.element);
    case 'MAP':
      return from.kind === 'MAP' && implicitCastExists(from.key, to.key) && implicitCastExists(from.value, to.value);
    case 'ROW':
      return (
        from.kind === 'ROW' &&
        from.fields.length === to.fields.length &&
        from.fields.every((field, index) => implicitCastExists(field.type, to.fields[index]!.type))
      );
    default:
      return (IMPLICIT[to.kind] ?? [to.kind]).includes(from.kind);
  }
}
