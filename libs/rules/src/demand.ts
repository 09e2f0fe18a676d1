import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { askedPlace } from './asked-place.ts';
import { isElementOperator } from './element-operators.ts';
import { referenceIn } from './expected-value.ts';
import { isFactReference } from './fact-reference.ts';
import { type Operator, operatorOf } from './operators.ts';
import { type Straightened, straightened } from './straightened.ts';
import { shown } from './words.ts';

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
  /** Whether the comparison as it is written has to be true; not so under a "not". */
  readonly isWanted: boolean;
  /** What the rule itself says that it compares with; undefined where that is another place, or a condition on elements. */
  readonly literal: { readonly value: unknown } | undefined;
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

function demandOf(leaf: LeafCondition, pointer: string, isWanted: boolean): Demand {
  const { operator, holds } = wantedOf(leaf.operator, isWanted);
  const { value } = leaf;
  const isLiteral = referenceIn(leaf) === undefined && !isFactReference(value) && !isElementOperator(operator);
  return {
    leaf,
    pointer,
    place: askedPlace(leaf),
    operator,
    compare: operatorOf(operator)!,
    holds,
    isWanted,
    literal: isLiteral ? { value } : undefined,
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

const valueWords = (value: unknown): string => (isFactReference(value) ? (value.path ?? value.fact) : shown(value));

/** A demand as it is written in the rule: `$.data.price greaterThan 10`. */
export const demandWords = ({ leaf: { operator, value, path, fact }, isWanted }: Demand): string =>
  `${isWanted ? '' : 'not '}${path ?? fact} ${operator} ${valueWords(value)}`;
