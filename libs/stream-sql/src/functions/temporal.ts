import { isTimestamp, withNullable, type DataType } from '../types/data-type.ts';
import { anyNullable, strict, type Resolution, type ScalarFunction } from './signature.ts';

/** A time moved by an interval. */
const move = (name: 'TIME +' | 'TIME -', sign: 1 | -1): ScalarFunction => ({
  name,
  syntax: `time ${sign === 1 ? '+' : '-'} INTERVAL`,
  resolve: (args): Resolution | undefined => {
    const [time, interval] = args as [DataType, DataType];
    return isTimestamp(time) && interval.kind === 'INTERVAL'
      ? { result: withNullable(time, anyNullable(args)), parameters: args }
      : undefined;
  },
  compile: (args) => strict(args, (time, interval) => (time as number) + sign * (interval as number)),
});

export const TEMPORAL: readonly ScalarFunction[] = [move('TIME +', 1), move('TIME -', -1)];
