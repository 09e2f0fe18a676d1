import type { LeafCondition } from '@hermes/contracts/rule';
import { previousRefOf } from './change-operators.ts';
import { type Asking, expectedReader } from './expected-value.ts';
import { type FactReads, placeName } from './fact-reads.ts';
import { isFactReference } from './fact-reference.ts';
import { isOrder, type Operator, operatorOf } from './operators.ts';
import type { Registers, Test } from './registers.ts';
import { TRUE } from './verdict.ts';

/** A comparison holds where its register is in the interval, both ends included; negated: where it is not. */
export interface Comparison {
  readonly register: number;
  readonly low: number;
  readonly high: number;
  readonly isNegated: boolean;
}

/** Whether it is one value that `===` compares as a map does. */
export const isScalar = (value: unknown): boolean =>
  (typeof value !== 'object' && !Number.isNaN(value)) || value === null;

/** What a comparison says; two with the same name say the same of every event. */
export const leafName = (leaf: LeafCondition): string =>
  JSON.stringify([placeName(leaf), leaf.operator, leaf.value, previousRefOf(leaf)]);

const comparesOneValue = ({ operator, value }: LeafCondition): boolean =>
  (operator === 'equal' || operator === 'notEqual') && isScalar(value);

/** The values of a list that the place is to be in, or not; what is no scalar in it is equal to nothing that an event holds. */
const scalarsListed = ({ operator, value }: LeafCondition): readonly unknown[] =>
  (operator === 'in' || operator === 'notIn') && Array.isArray(value) ? value.filter(isScalar) : [];

/** Whether it is a step by itself; any other calls its operator. */
export const isInterval = (leaf: LeafCondition): boolean =>
  comparesOneValue(leaf) ||
  scalarsListed(leaf).length > 0 ||
  (isOrder(leaf.operator) && typeof leaf.value === 'number');

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
  const listed = scalarsListed(leaf);
  if (listed.length > 0) {
    const register = registers.listAt(leaf, listed);
    return { register, low: TRUE, high: TRUE, isNegated: name === 'notIn' };
  }
  const { reads } = registers;
  const isOfPlaces = isFactReference(expected) && isOrder(name);
  const register = registers.verdictOf(
    leafName(leaf),
    () => leafTest(leaf, operator, reads, asking),
    // Mostly they are numbers, of which no operator has to be asked what they are.
    isOfPlaces ? { order: name, place: reads.placeOf(leaf), than: reads.placeOf(expected) } : undefined,
  );
  return { register, low: TRUE, high: TRUE, isNegated: false };
}

function intervalOf(order: string, bound: number): { readonly low: number; readonly high: number } {
  switch (order) {
    case 'lessThan':
      return { low: -Infinity, high: nextDown(bound) };
    case 'lessThanInclusive':
      return { low: -Infinity, high: bound };
    case 'greaterThan':
      return { low: nextUp(bound), high: Infinity };
    default:
      return { low: bound, high: Infinity };
  }
}

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The least number that is greater; NaN where there is none. */
export const nextUp = (number: number): number => -nextDown(-number);

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
  const { value: expected } = leaf;
  const read = expectedReader(leaf, reads, asking);
  if (read !== undefined) return () => operator(reads.value(place), read());
  return () => operator(reads.value(place), expected);
}
