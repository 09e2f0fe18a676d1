import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { askedPlace, placeNamed } from './asked-place.ts';
import { elementSearchOf } from './element-operators.ts';
import { isFactReference, isRelative } from './fact-reference.ts';
import { isFields } from './fields.ts';
import { instantOf } from './instants.ts';
import { splitOperator } from './operators.ts';
import { ordered } from './ordered-json.ts';
import { straightened } from './straightened.ts';

const inOneOrder = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

const instantName = (value: unknown): string => String(instantOf(value) ?? ordered(value));

/** What a comparison compares with: lists in which the order says nothing, instants with whatever offset, paths however they are written. */
function valueName(base: string, isPlain: boolean, value: unknown): string {
  if (isFactReference(value)) return `at ${placeNamed(value)}`;
  if (base === 'in' && isPlain && Array.isArray(value)) return `one of ${inOneOrder(value.map(ordered)).join()}`;
  if (base === 'before' || base === 'after') return instantName(value);
  if (/^within(Km)?$/u.test(base) && isRelative(value)) {
    const { of, ...measures } = value;
    return `${isFactReference(of) ? placeNamed(of) : instantName(of)} ${ordered(measures)}`;
  }
  if (base === 'during' && isFields(value) && Array.isArray(value['days']))
    return ordered({ ...value, days: inOneOrder(value['days'].map(ordered)) });
  return ordered(value);
}

function leafName(leaf: LeafCondition, isWanted: boolean): string {
  const place = askedPlace(leaf);
  const { operator, holds } = straightened(leaf.operator, isWanted);
  const said = holds ? '' : 'not ';
  const search = elementSearchOf(leaf);
  if (search !== undefined) {
    const { that, atLeast, atMost } = search;
    return `${said}${place} ${operator} ${atLeast} ${atMost} ${nameOf(that, true)}`;
  }
  const { decorators, base } = splitOperator(operator);
  // One value in a list is that value.
  const [only] = operator === 'in' && Array.isArray(leaf.value) && leaf.value.length === 1 ? leaf.value : [undefined];
  if (only !== undefined && !isFields(only) && !Array.isArray(only)) return `${said}${place} equal ${ordered(only)}`;
  return `${said}${place} ${operator} ${valueName(base, decorators.length === 0, leaf.value)}`;
}

/** The names of the parts that are joined by `all` (or `any`), those of the same join within it among them. */
function partsOf(condition: Condition, isWanted: boolean, join: 'all' | 'any'): readonly string[] {
  if ('not' in condition) return partsOf(condition.not, !isWanted, join);
  if ('fact' in condition) return [leafName(condition, isWanted)];
  const [name, list] = 'all' in condition ? (['all', condition.all] as const) : (['any', condition.any] as const);
  // An empty list is true, for both.
  if (list.length === 0) return [isWanted ? 'true' : 'false'];
  // Not all is any not: true, false and undecidable alike.
  const isJoin = (name === join) === isWanted;
  if (!isJoin && list.length > 1) return [nameOf(condition, isWanted)];
  return list.flatMap((child) => partsOf(child, isWanted, join));
}

function nameOf(condition: Condition, isWanted: boolean): string {
  if ('not' in condition) return nameOf(condition.not, !isWanted);
  if ('fact' in condition) return leafName(condition, isWanted);
  const join = 'all' in condition === isWanted ? 'all' : 'any';
  const parts = inOneOrder(partsOf(condition, isWanted, join));
  return parts.length === 1 ? parts[0]! : `${join}(${parts.join(', ')})`;
}

/**
 * A name of what a checked condition says: two conditions with the same name say the same of every event, whatever their names, priorities, order and
 * nesting. Two with different names may still.
 */
export const canonicalName = (condition: Condition): string => nameOf(condition, true);
