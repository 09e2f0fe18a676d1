import { commonType } from '../types/common-type.ts';
import { simple, type DataType, type Value } from '../types/data-type.ts';
import { anyNullable, strict, type Resolution, type ScalarFunction } from './signature.ts';

/** Order of two values of one type; strings by their UTF-8 bytes, as Flink compares them. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareUtf8(a, b);
  return a === b ? 0 : a! < b! ? -1 : 1;
}

/** UTF-16 order differs from UTF-8 order only where surrogates meet U+E000 and above. */
function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

/** Two values of types that have a common one; ROW values are compared by no operator here. */
function comparable(args: readonly DataType[]): Resolution | undefined {
  const common = commonType(args);
  if (common === undefined || common.kind === 'ROW' || args.length !== 2) return undefined;
  return { result: simple('BOOLEAN', anyNullable(args)), parameters: args.map(() => common) };
}

const comparison = (name: string, test: (order: number) => boolean): ScalarFunction => ({
  name,
  syntax: `value ${name} value of one kind`,
  resolve: comparable,
  compile: (args, types) => {
    const approximate = types[0]?.kind === 'DOUBLE' || types[0]?.kind === 'FLOAT';
    if (!approximate) return strict(args, (a, b) => test(compareValues(a, b)));
    // As Java compares doubles: NaN equals nothing and is neither below nor above.
    return strict(args, (a, b) =>
      Number.isNaN(a as number) || Number.isNaN(b as number) ? name === '<>' : test(compareValues(a, b)),
    );
  },
});

const distinctFrom: ScalarFunction = {
  name: 'IS DISTINCT FROM',
  syntax: 'value IS DISTINCT FROM value of one kind',
  resolve: (args) => {
    const resolved = comparable(args);
    return resolved === undefined ? undefined : { ...resolved, result: simple('BOOLEAN', false) };
  },
  compile:
    ([a, b]) =>
    (row) => {
      const [x, y] = [a!(row), b!(row)];
      return x === null || y === null ? x !== y : compareValues(x, y) !== 0;
    },
};

export const COMPARISON: readonly ScalarFunction[] = [
  comparison('=', (order) => order === 0),
  comparison('<>', (order) => order !== 0),
  comparison('<', (order) => order < 0),
  comparison('<=', (order) => order <= 0),
  comparison('>', (order) => order > 0),
  comparison('>=', (order) => order >= 0),
  distinctFrom,
];
