import { type DataType, typeName } from '@hermes/stream-sql/types/data-type';

/** The ClickHouse type that holds exactly the values of a SQL type. */
export function clickHouseType(type: DataType): string {
  const plain = plainType(type);
  return type.nullable ? `Nullable(${plain})` : plain;
}

const INTEGERS: Readonly<Record<string, string>> = {
  TINYINT: 'Int8',
  SMALLINT: 'Int16',
  INT: 'Int32',
  BIGINT: 'Int64',
  FLOAT: 'Float32',
  DOUBLE: 'Float64',
  BOOLEAN: 'Bool',
};

function plainType(type: DataType): string {
  if (type.kind === 'DECIMAL') return `Decimal(${type.precision}, ${type.scale})`;
  if (type.kind === 'CHAR' || type.kind === 'VARCHAR') return 'String';
  if (type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ') return "DateTime64(3, 'UTC')";
  const name = INTEGERS[type.kind];
  if (name === undefined) throw new Error(`no ClickHouse type holds ${type.kind}`);
  return name;
}

const WIDER: Readonly<Record<string, readonly string[]>> = {
  BOOLEAN: ['Bool', 'UInt8'],
  TINYINT: ['Int8', 'Int16', 'Int32', 'Int64'],
  SMALLINT: ['Int16', 'Int32', 'Int64'],
  INT: ['Int32', 'Int64'],
  BIGINT: ['Int64', 'Int128', 'Int256'],
  FLOAT: ['Float32', 'Float64'],
  DOUBLE: ['Float64'],
};

/** Why a column of a table cannot take values of this type without losing any; `undefined` when it can. */
export function misfit(type: DataType, column: string): string | undefined {
  const wanted = `${typeName(type)} needs ${clickHouseType(type)}`;
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
    return precision >= 3 ? undefined : wanted;
  }
  return WIDER[type.kind]?.includes(plain) === true ? undefined : wanted;
}
