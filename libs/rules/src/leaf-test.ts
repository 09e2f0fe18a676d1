import type { LeafCondition } from '@hermes/contracts/rule';
import { isFactReference } from './fact-reference.ts';
import type { FactReads } from './fact-reads.ts';
import { type Operator, operatorOf } from './operators.ts';
import { FALSE, TRUE, type Verdict } from './verdict.ts';

/** What a condition says of the facts that are looked at. */
export type Test = () => Verdict;

/** A longer list is looked up in a set. */
const SHORT_LIST = 8;

/**
 * A comparison as a closure. The common operators with a literal have one of their own, which says what the operator says, without its way
 * around.
 *
 * @throws Error for an operator that `checkRule` refuses
 */
export function leafTest(leaf: LeafCondition, reads: FactReads): Test {
  const operator = operatorOf(leaf.operator);
  if (operator === undefined) throw new Error(`unknown operator "${leaf.operator}"`);
  const place = reads.placeOf(leaf.fact, leaf.path);
  const { value: expected } = leaf;
  if (isFactReference(expected)) {
    const other = reads.placeOf(expected.fact, expected.path);
    return () => operator(reads.value(place), reads.value(other));
  }
  return literalTest(leaf.operator, place, expected, operator, reads) ?? (() => operator(reads.value(place), expected));
}

function literalTest(
  name: string,
  place: number,
  expected: unknown,
  operator: Operator,
  reads: FactReads,
): Test | undefined {
  if (name === 'equal') return () => (reads.value(place) === expected ? TRUE : FALSE);
  if (name === 'notEqual') return () => (reads.value(place) === expected ? FALSE : TRUE);
  if (typeof expected === 'number') return orderTest(name, place, expected, operator, reads);
  if (Array.isArray(expected) && expected.length > SHORT_LIST) return listTest(name, place, expected, reads);
  return undefined;
}

function orderTest(
  name: string,
  place: number,
  expected: number,
  operator: Operator,
  reads: FactReads,
): Test | undefined {
  switch (name) {
    case 'lessThan':
      return () => {
        const actual = reads.value(place);
        return typeof actual === 'number' ? (actual < expected ? TRUE : FALSE) : operator(actual, expected);
      };
    case 'lessThanInclusive':
      return () => {
        const actual = reads.value(place);
        return typeof actual === 'number' ? (actual <= expected ? TRUE : FALSE) : operator(actual, expected);
      };
    case 'greaterThan':
      return () => {
        const actual = reads.value(place);
        return typeof actual === 'number' ? (actual > expected ? TRUE : FALSE) : operator(actual, expected);
      };
    case 'greaterThanInclusive':
      return () => {
        const actual = reads.value(place);
        return typeof actual === 'number' ? (actual >= expected ? TRUE : FALSE) : operator(actual, expected);
      };
    default:
      return undefined;
  }
}

/** `in` and `notIn` compare as `===` does; a set does so too, but for NaN, which is in no list. */
function listTest(name: string, place: number, expected: readonly unknown[], reads: FactReads): Test | undefined {
  const values = new Set(expected);
  const holds = (actual: unknown): boolean => values.has(actual) && actual === actual;
  if (name === 'in') return () => (holds(reads.value(place)) ? TRUE : FALSE);
  if (name === 'notIn') return () => (holds(reads.value(place)) ? FALSE : TRUE);
  return undefined;
}
