import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { askedPlace, placeNamed } from './asked-place.ts';
import { isChangeOperator } from './change-operators.ts';
import { isScalar } from './comparison.ts';
import { type Cost, costOf } from './effort.ts';
import { isElementOperator } from './element-operators.ts';
import { referenceIn } from './expected-value.ts';
import { isFactReference } from './fact-reference.ts';
import { isListOperator } from './list-operators.ts';
import { type Operator, operatorOf } from './operators.ts';
import { type Straightened, straightened } from './straightened.ts';
import { FALSE, TRUE } from './verdict.ts';
import { shown } from './words.ts';

/** Two places that are compared with each other, by a name that is the same from whichever of them it is said. */
export interface Pair {
  readonly name: string;
  /** Whether it is said from the second of them by name. */
  readonly isTurned: boolean;
}

/** A comparison that has to be true, or false where `holds` is not, for a condition to be true. */
export interface Demand {
  readonly leaf: LeafCondition;
  readonly pointer: string;
  /** By which the place that it looks at is known, however it is written. */
  readonly place: string;
  /** Without what is the opposite of another operator: `not:`, `notEqual`, `notIn`, and where it is true `doesNotContain`, `noElement`. */
  readonly operator: string;
  readonly compare: Operator;
  readonly holds: boolean;
  /** What it demands, without whether that holds. */
  readonly name: string;
  /** As it is written in the rule: `$.data.price greaterThan 10`. */
  readonly words: string;
  /** Undefined where it does not compare with another place. */
  readonly pair: Pair | undefined;
  /** What the rule itself says that it compares with; undefined where that is another place, or a condition on elements. */
  readonly literal: { readonly value: unknown } | undefined;
  /** The only values that it leaves; undefined where there are others than can be listed. */
  readonly only: readonly unknown[] | undefined;
  /** Whether it may be met by a value that is no list and no object, by the operator itself: always so where there is no literal. */
  readonly admits: (value: unknown) => boolean;
  /** Of `admits`. */
  readonly cost: Cost;
}

/** A condition of which one of the parts has to be true (false, where `holds` is not). */
export interface Choice {
  readonly parts: readonly { readonly condition: Condition; readonly pointer: string }[];
  readonly holds: boolean;
}

/** All that has to be so at once for a condition to be true. */
export interface Demands {
  readonly demands: readonly Demand[];
  readonly choices: readonly Choice[];
}

/** What is true only where another operator is false; of what is no list both are false. */
const OPPOSITES_OF_LISTS: Readonly<Record<string, string>> = { doesNotContain: 'contains', noElement: 'anyElement' };

function wantedOf(name: string, isWanted: boolean): Straightened {
  const wanted = straightened(name, isWanted);
  const opposite = wanted.holds ? OPPOSITES_OF_LISTS[wanted.operator] : undefined;
  return opposite === undefined ? wanted : { operator: opposite, holds: false };
}

const valueWords = (value: unknown): string => (isFactReference(value) ? (value.path ?? value.fact) : shown(value));

function pairOf(place: string, value: unknown): Pair | undefined {
  if (!isFactReference(value)) return undefined;
  const other = placeNamed(value);
  const isTurned = other < place;
  return { name: isTurned ? `${other} ${place}` : `${place} ${other}`, isTurned };
}

function onlyOf(operator: string, value: unknown): readonly unknown[] | undefined {
  // Lists and objects are equal to nothing that an event has.
  if (operator === 'equal') return [value].filter(isScalar);
  return (operator === 'in' || operator === 'someValue:equal') && Array.isArray(value)
    ? value.filter(isScalar)
    : undefined;
}

/** What is made once of a literal, which other demands are held against time and again. */
function askedOf(operator: string, holds: boolean, value: unknown, json: string): Pick<Demand, 'admits' | 'cost'> {
  if (operator === 'in' && Array.isArray(value)) {
    const values = new Set<unknown>(value);
    return { admits: (one) => values.has(one) === holds, cost: { once: 1, perCharacter: 0 } };
  }
  const [compare, verdict] = [operatorOf(operator)!, holds ? TRUE : FALSE];
  return { admits: (one) => compare(one, value) === verdict, cost: costOf(operator, value, json) };
}

function demandOf(leaf: LeafCondition, pointer: string, isWanted: boolean): Demand {
  const { operator, holds } = wantedOf(leaf.operator, isWanted);
  const { value, path, fact } = leaf;
  const isLooked = isElementOperator(operator) || isListOperator(operator) || isChangeOperator(operator);
  const isLiteral = referenceIn(leaf) === undefined && !isFactReference(value) && !isLooked;
  const place = askedPlace(leaf);
  const json = JSON.stringify(value) ?? '';
  return {
    leaf,
    pointer,
    place,
    operator,
    compare: operatorOf(operator)!,
    holds,
    name: `${operator} ${json}`,
    words: `${isWanted ? '' : 'not '}${path ?? fact} ${leaf.operator} ${valueWords(value)}`,
    pair: pairOf(place, value),
    literal: isLiteral ? { value } : undefined,
    only: isLiteral && holds ? onlyOf(operator, value) : undefined,
    ...(isLiteral ? askedOf(operator, holds, value, json) : { admits: () => true, cost: { once: 0, perCharacter: 0 } }),
  };
}

/** What has to be so for a checked condition to be true (false, where `isWanted` is not). */
export function demandsOf(condition: Condition, pointer: string, isWanted: boolean): Demands {
  if ('fact' in condition) return { demands: [demandOf(condition, pointer, isWanted)], choices: [] };
  if ('not' in condition) return demandsOf(condition.not, `${pointer}/not`, !isWanted);
  const [name, list] = 'all' in condition ? (['all', condition.all] as const) : (['any', condition.any] as const);
  const parts = list.map((child, i) => ({ condition: child, pointer: `${pointer}/${name}/${i}` }));
  if ((name === 'all') !== isWanted && parts.length > 1) return { demands: [], choices: [{ parts, holds: isWanted }] };
  const below = parts.map((part) => demandsOf(part.condition, part.pointer, isWanted));
  return {
    demands: below.flatMap(({ demands }) => demands),
    choices: below.flatMap(({ choices }) => choices),
  };
}
