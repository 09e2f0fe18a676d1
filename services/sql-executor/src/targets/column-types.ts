import type { DataType } from '@hermes/stream-sql/values/data-type';
import { typeName } from '@hermes/stream-sql/values/type-name';

/** The ClickHouse type that holds exactly the values of a SQL type. */
export function clickHouseType(type: DataType): string {
  const plain = plainType(type);
  // Collections of ClickHouse are never NULL themselves.
  return type.nullable && type.kind !== 'ARRAY' && type.kind !== 'MAP' ? `Nullable(${plain})` : plain;
}

const INTEGERS: Readonly<Record<string, string>> = {
  TINYINT: 'Int8',
  SMALLINT: 'Int16',
  INT: 'Int32',
  BIGINT: 'Int64',
  FLOAT: 'Float32',
  DOUBLE: 'Float64',
  BOOLEAN: 'Bool',
  INTERVAL_MS: 'Int64',
  INTERVAL_MONTHS: 'Int32',
};

function plainType(type: DataType): string {
  if (type.kind === 'DECIMAL') return `Decimal(${type.precision}, ${type.scale})`;
  if (type.kind === 'CHAR' || type.kind === 'VARCHAR') return 'String';
  if (type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ')
    return `DateTime64(${Math.max(3, type.precision)}, 'UTC')`;
  if (type.kind === 'DATE') return 'Date32';
  if (type.kind === 'TIME') return 'String';
  if (type.kind === 'ARRAY') return `Array(${clickHouseType(type.element)})`;
  if (type.kind === 'MAP') return `Map(String, ${clickHouseType(type.value)})`;
  const name = INTEGERS[type.kind];
  if (name === undefined) throw new Error(`no ClickHouse type holds ${type.kind}`);
  return name;
}

/** Whether there is a ClickHouse type for the values of a SQL type at all. */
export function isStorable(type: DataType): boolean {
  switch (type.kind) {
    case 'ROW':
    case 'MULTISET':
    case 'BINARY':
    case 'VARBINARY':
    case 'NULL':
      return false;
    case 'ARRAY':
      return isStorable(type.element);
    case 'MAP':
      return (type.key.kind === 'CHAR' || type.key.kind === 'VARCHAR') && isStorable(type.value);
    default:
      return true;
  }
}

const WIDER: Readonly<Record<string, readonly string[]>> = {
  BOOLEAN: ['Bool', 'UInt8'],
  TINYINT: ['Int8', 'Int16', 'Int32', 'Int64'],
  SMALLINT: ['Int16', 'Int32', 'Int64'],
  INT: ['Int32', 'Int64'],
  BIGINT: ['Int64', 'Int128', 'Int256'],
  FLOAT: ['Float32', 'Float64'],
  DOUBLE: ['Float64'],
  DATE: ['Date32'],
  TIME: ['String'],
  INTERVAL_MS: ['Int64'],
  INTERVAL_MONTHS: ['Int32', 'Int64'],
};

/** Why a column of a table cannot take values of this type without losing any; `undefined` when it can. */
export function misfit(type: DataType, column: string): string | undefined {
  if (!isStorable(type)) return `${typeName(type)} has no type of ClickHouse: CAST it AS STRING`;
  const wanted = `${typeName(type)} needs ${clickHouseType(type)}`;
  if (type.kind === 'ARRAY' || type.kind === 'MAP')
    return clickHouseType(type).replaceAll(' ', '') === column.replaceAll(' ', '') ? undefined : wanted;
  let plain = column.replace(/^LowCardinality\((.*)\)$/, '$1');
  const nullable = /^Nullable\((.*)\)$/.exec(plain);
  plain = nullable?.[1] ?? plain;
  if (type.nullable && nullable === null)
    return `${wanted}: a NULL has no place in ${column}; declare the column NOT NULL, or make it Nullable`;
  if (type.kind === 'DECIMAL') {
    const shape = /^Decimal\((\d+), (\d+)\)$/.exec(plain);
    const [precision, scale] = [Number(shape?.[1]), Number(shape?.[2])];
    return shape !== null && scale >= type.scale && precision - scale >= type.precision - type.scale
      ? undefined
      : wanted;
  }
  if (type.kind === 'CHAR' || type.kind === 'VARCHAR')
    return plain === 'String' || plain.startsWith('Enum') || plain === 'UUID' ? undefined : wanted;
  if (type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ') {
    const precision = Number(/^DateTime64\((\d)/.exec(plain)?.[1] ?? -1);
    return precision >= Math.max(3, type.precision) ? undefined : wanted;
  }
  return WIDER[type.kind]?.includes(plain) === true ? undefined : wanted;
}
