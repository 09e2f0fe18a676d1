import type { LeafCondition } from '@hermes/contracts/rule';
import { previousRefOf } from './change-operators.ts';
import { type Asking, expectedReader } from './expected-value.ts';
import { type FactReads, placeName } from './fact-reads.ts';
import { isOrder, type Operator, operatorOf } from './operators.ts';
import type { Registers, Test } from './registers.ts';
import { FALSE, TRUE } from './verdict.ts';

/** A comparison holds where its register is in the interval, both ends included; negated: where it is not. */
export interface Comparison {
  readonly register: number;
  readonly low: number;
  readonly high: number;
  readonly isNegated: boolean;
}

/** A longer list is looked up in a set. */
const SHORT_LIST = 8;

/** Whether it is one value that `===` compares as a map does. */
export const isScalar = (value: unknown): boolean =>
  (typeof value !== 'object' && !Number.isNaN(value)) || value === null;

/** What a comparison says; two with the same name say the same of every event. */
export const leafName = (leaf: LeafCondition): string =>
  JSON.stringify([placeName(leaf), leaf.operator, leaf.value, previousRefOf(leaf)]);

const comparesOneValue = ({ operator, value }: LeafCondition): boolean =>
  (operator === 'equal' || operator === 'notEqual') && isScalar(value);

/** Whether it is an interval by itself; any other calls its operator. */
export const isInterval = (leaf: LeafCondition): boolean =>
  comparesOneValue(leaf) || (isOrder(leaf.operator) && typeof leaf.value === 'number');

/**
 * @param asking - of conditions on the elements of lists
 * @throws Error for an operator that `checkRule` refuses
 */
export function comparisonOf(leaf: LeafCondition, registers: Registers, asking: Asking): Comparison {
  const { operator: name, value: expected } = leaf;
  const operator = operatorOf(name);
  if (operator === undefined) throw new Error(`unknown operator "${name}"`);
  if (comparesOneValue(leaf)) {
    const { register, is } = registers.valueAt(leaf, expected);
    return { register, low: is, high: is, isNegated: name === 'notEqual' };
  }
  if (isOrder(name) && typeof expected === 'number')
    return { register: registers.numberAt(leaf), ...intervalOf(name, expected), isNegated: false };
  const register = registers.verdictOf(leafName(leaf), () => leafTest(leaf, operator, registers.reads, asking));
  return { register, low: TRUE, high: TRUE, isNegated: false };
}

function intervalOf(order: string, bound: number): { readonly low: number; readonly high: number } {
  switch (order) {
    case 'lessThan':
      return { low: -Infinity, high: nextDown(bound) };
    case 'lessThanInclusive':
      return { low: -Infinity, high: bound };
    case 'greaterThan':
      return { low: -nextDown(-bound), high: Infinity };
    default:
      return { low: bound, high: Infinity };
  }
}

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The greatest number that is less; NaN where there is none, which nothing is equal to. */
function nextDown(number: number): number {
  if (Number.isNaN(number) || number === -Infinity) return Number.NaN;
  if (number === 0) return -Number.MIN_VALUE;
  double[0] = number;
  bits[0]! += number > 0 ? -1n : 1n;
  return double[0];
}

/** A comparison that is more than an interval. */
function leafTest(leaf: LeafCondition, operator: Operator, reads: FactReads, asking: Asking): Test {
  const place = reads.placeOf(leaf);
  const { operator: name, value: expected } = leaf;
  const read = expectedReader(leaf, reads, asking);
  if (read !== undefined) return () => operator(reads.value(place), read());
  if ((name === 'in' || name === 'notIn') && Array.isArray(expected) && expected.length > SHORT_LIST)
    return setTest(name === 'in', place, expected, reads);
  return () => operator(reads.value(place), expected);
}

/** `in` and `notIn` compare as `===` does; a set does so too, but for NaN, which is in no list. */
function setTest(isIn: boolean, place: number, list: readonly unknown[], reads: FactReads): Test {
  const values = new Set(list);
  return () => {
    const actual = reads.value(place);
    return (values.has(actual) && !Number.isNaN(actual)) === isIn ? TRUE : FALSE;
  };
}
