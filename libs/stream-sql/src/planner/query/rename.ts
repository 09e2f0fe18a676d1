import type { Relation } from '../relation/relation.ts';

/** The same rows under other names of columns. */
export const renamed = (relation: Relation, names: readonly string[]): Relation => ({
  ...relation,
  columns: relation.columns.map((column, i) => ({ ...column, name: names[i]! })),
});
