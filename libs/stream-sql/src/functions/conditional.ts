import { commonType } from '../types/common-type.ts';
import { isInteger, simple, timestampLtz, withNullable, type DataType } from '../types/data-type.ts';
import { compareValues } from './comparison.ts';
import { strict, type Resolution, type ScalarFunction } from './signature.ts';

function firstKnown(args: readonly DataType[]): Resolution | undefined {
  const common = commonType(args);
  if (common === undefined || args.length === 0) return undefined;
  return {
    result: withNullable(
      common,
      args.every((type) => type.nullable),
    ),
    parameters: args.map(() => withNullable(common, true)),
  };
}

const coalesce: ScalarFunction = {
  name: 'COALESCE',
  syntax: 'COALESCE(value, value, ...) of one kind',
  resolve: firstKnown,
  compile: (args) => (row) => {
    for (const arg of args) {
      const value = arg(row);
      if (value !== null) return value;
    }
    return null;
  },
};

const nullIf: ScalarFunction = {
  name: 'NULLIF',
  syntax: 'NULLIF(value, value) of one kind',
  resolve: (args) => {
    const common = commonType(args);
    // The answer has the first argument's type; comparing in another would need both, so the two must be of one type.
    return common === undefined || args.length !== 2 || common.kind === 'ROW'
      ? undefined
      : { result: withNullable(common, true), parameters: [common, common] };
  },
  compile:
    ([a, b]) =>
    (row) => {
      const x = a!(row);
      const y = b!(row);
      return x !== null && y !== null && compareValues(x, y) === 0 ? null : x;
    },
};

const when: ScalarFunction = {
  name: 'IF',
  syntax: 'IF(condition, value, value) with values of one kind',
  resolve: ([condition, ...values]) => {
    const common = commonType(values);
    if (condition?.kind !== 'BOOLEAN' || values.length !== 2 || common === undefined) return undefined;
    return { result: common, parameters: [simple('BOOLEAN'), common, common] };
  },
  compile:
    ([condition, yes, no]) =>
    (row) =>
      condition!(row) === true ? yes!(row) : no!(row),
};

/** TO_TIMESTAMP_LTZ(seconds or milliseconds, precision 0 or 3). */
const toTimestampLtz: ScalarFunction = {
  name: 'TO_TIMESTAMP_LTZ',
  syntax: 'TO_TIMESTAMP_LTZ(number, 0 or 3)',
  resolve: (args) =>
    args.length === 2 && isInteger(args[0]!) && isInteger(args[1]!)
      ? { result: timestampLtz(3, true), parameters: [simple('BIGINT'), simple('INT')] }
      : undefined,
  compile: (args) =>
    strict(args, (value, precision) =>
      precision === 3 ? Number(value) : precision === 0 ? Number(value) * 1000 : null,
    ),
};

export const CONDITIONAL: readonly ScalarFunction[] = [
  coalesce,
  { ...coalesce, name: 'IFNULL', syntax: 'IFNULL(value, value) of one kind' },
  nullIf,
  when,
  toTimestampLtz,
];
