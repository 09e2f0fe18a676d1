import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { withComparisons } from './each-comparison.ts';
import { isRelative } from './fact-reference.ts';
import { withOffset } from './instants.ts';
import { withPatternConditions } from './memory/memories-named.ts';
import { splitOperator, takesList } from './operators.ts';

/**
 * A condition that says of each date, time of the day and weekday in it where on earth it is meant: in this time zone where it says nothing. It means
 * the same from then on, whatever becomes of the project's time zone.
 */
export const inTimeZone = (condition: Condition, timeZone: string): Condition =>
  withComparisons(
    withPatternConditions(condition, (that) => inTimeZone(that, timeZone)),
    (leaf) => {
      const value = valueInTimeZone(leaf, timeZone);
      return value === leaf.value ? leaf : { ...leaf, value };
    },
  );

function valueInTimeZone({ operator, value }: LeafCondition, timeZone: string): unknown {
  const { base } = splitOperator(operator);
  const ofOne = (one: unknown): unknown => {
    if (base === 'before' || base === 'after') return withOffset(one, timeZone);
    if (base === 'within') return isRelative(one) ? { ...one, of: withOffset(one.of, timeZone) } : one;
    if (base !== 'during' || typeof one !== 'object' || one === null || Object.hasOwn(one, 'fact')) return one;
    return { timeZone, ...one };
  };
  return takesList(operator) && Array.isArray(value) ? value.map(ofOne) : ofOne(value);
}
