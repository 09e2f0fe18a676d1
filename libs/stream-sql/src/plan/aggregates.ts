import { isNumeric, simple, withNullable, type DataType } from '../types/data-type.ts';
import { decimalResult } from '../types/decimal.ts';
import type { AggregateName } from './job-plan.ts';

/** Aggregates of Flink: those that the engine has, and those that it refuses by name. */
const SUPPORTED: readonly AggregateName[] = ['COUNT', 'SUM', 'AVG', 'MIN', 'MAX'];
const REFUSED = [
  'STDDEV_POP',
  'STDDEV_SAMP',
  'VAR_POP',
  'VAR_SAMP',
  'COLLECT',
  'FIRST_VALUE',
  'LAST_VALUE',
  'LISTAGG',
  'STRING_AGG',
  'ARRAY_AGG',
  'JSON_OBJECTAGG',
  'JSON_ARRAYAGG',
  'RANK',
  'DENSE_RANK',
  'ROW_NUMBER',
  'NTILE',
  'LEAD',
  'LAG',
];

export const aggregateNames: ReadonlySet<string> = new Set([...SUPPORTED, ...REFUSED]);

export const isSupportedAggregate = (name: string): name is AggregateName =>
  SUPPORTED.some((supported) => supported === name);

/** The result type; `undefined` when the aggregate does not take the argument. Source: Flink's LogicalTypeMerging and aggregate functions. */
export function aggregateType(name: AggregateName, argument: DataType | undefined): DataType | undefined {
  if (name === 'COUNT') return simple('BIGINT', false);
  if (argument === undefined) return undefined;
  if (name === 'MIN' || name === 'MAX')
    return argument.kind === 'ROW' || argument.kind === 'NULL' || argument.kind === 'INTERVAL'
      ? undefined
      : withNullable(argument, true);
  if (!isNumeric(argument)) return undefined;
  if (argument.kind === 'DECIMAL')
    return name === 'SUM' ? decimalResult.sumOf(argument.scale) : decimalResult.averageOf(argument.scale);
  return withNullable(argument, true);
}
