import type { Demand } from './demand.ts';

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

/** Whether demands on two places may be met together: false only where that is certain. */
export const relationsCanHold = (demands: readonly Demand[]): boolean =>
  RELATIONS.every((table) => {
    let left = LESS | EQUAL | MORE;
    for (const { operator, pair, holds } of demands) {
      const relation = holds && Object.hasOwn(table, operator) ? table[operator] : undefined;
      if (relation !== undefined && pair !== undefined) left &= pair.isTurned ? turned(relation) : relation;
    }
    return left !== 0;
  });
