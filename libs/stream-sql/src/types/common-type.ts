import {
  decimal,
  exactShape,
  isApproximate,
  isInteger,
  isNumeric,
  isString,
  isTimestamp,
  sameKind,
  simple,
  withNullable,
  type DataType,
} from './data-type.ts';

const INTEGERS = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT'] as const;

/**
 * The type that values of all these types can take without a cast of one's own; `undefined` when there is none (a string and
 * a number, a TIMESTAMP and a TIMESTAMP_LTZ). Source: Flink's LogicalTypeMerging.findCommonType.
 */
export function commonType(types: readonly DataType[]): DataType | undefined {
  const nullable = types.some((type) => type.nullable);
  const typed = types.filter((type) => type.kind !== 'NULL');
  const [first, ...rest] = typed;
  if (first === undefined) return simple('NULL');
  let common: DataType | undefined = first;
  for (const type of rest) common = common === undefined ? undefined : merged(common, type);
  return common === undefined ? undefined : withNullable(common, nullable);
}

function merged(a: DataType, b: DataType): DataType | undefined {
  if (sameKind(a, b)) return a;
  if (isNumeric(a) && isNumeric(b)) {
    if (isApproximate(a) || isApproximate(b))
      return simple(a.kind === 'FLOAT' && b.kind === 'FLOAT' ? 'FLOAT' : 'DOUBLE');
    if (isInteger(a) && isInteger(b))
      return simple(INTEGERS[Math.max(INTEGERS.indexOf(a.kind as 'INT'), INTEGERS.indexOf(b.kind as 'INT'))]!);
    const [x, y] = [exactShape(a), exactShape(b)];
    const scale = Math.max(x.scale, y.scale);
    return decimal(Math.min(38, Math.max(x.precision - x.scale, y.precision - y.scale) + scale), scale);
  }
  if (isString(a) && isString(b))
    return {
      kind: 'VARCHAR',
      length: Math.max('length' in a ? a.length : 1, 'length' in b ? b.length : 1),
      nullable: true,
    };
  if (isTimestamp(a) && a.kind === b.kind)
    return 'precision' in a && 'precision' in b
      ? ({ ...a, precision: Math.max(a.precision, b.precision) } as DataType)
      : undefined;
  return undefined;
}
