import { placeNamed } from './asked-place.ts';
import type { Demand } from './demand.ts';
import { isFactReference } from './fact-reference.ts';

/** How two places stand to each other, as bits. */
const [LESS, EQUAL, MORE] = [1, 2, 4];

/** What each operator leaves; only those are together that convert what they compare alike. */
const RELATIONS: readonly Readonly<Record<string, number>>[] = [
  {
    equal: EQUAL,
    lessThan: LESS,
    lessThanInclusive: LESS | EQUAL,
    greaterThan: MORE,
    greaterThanInclusive: MORE | EQUAL,
  },
  { equal: EQUAL, before: LESS, after: MORE },
];

const turned = (relation: number): number =>
  (relation & EQUAL) | (relation & LESS ? MORE : 0) | (relation & MORE ? LESS : 0);

/** A demand on how two places stand to each other, seen from the first of them by name. */
export interface Relation {
  readonly demand: Demand;
  readonly pair: string;
  readonly isTurned: boolean;
}

/** The demand as one on two places; undefined where it is none. */
export function relationOf(demand: Demand): Relation | undefined {
  const { leaf, operator, holds, place } = demand;
  const { value } = leaf;
  if (!holds || !isFactReference(value) || !RELATIONS.some((table) => Object.hasOwn(table, operator))) return undefined;
  const other = placeNamed(value);
  const isTurned = other < place;
  return { demand, pair: isTurned ? `${other} ${place}` : `${place} ${other}`, isTurned };
}

/** Whether demands on two places may be met together: false only where that is certain. */
export const relationsCanHold = (relations: readonly Relation[]): boolean =>
  RELATIONS.every((table) => {
    let left = LESS | EQUAL | MORE;
    for (const { demand, isTurned } of relations) {
      const relation = table[demand.operator];
      if (relation !== undefined) left &= isTurned ? turned(relation) : relation;
    }
    return left !== 0;
  });
