import type { Relation } from './relation.ts';

const sizes = new WeakMap<Relation, number>();

const inputsOf = (relation: Relation): readonly Relation[] => {
  switch (relation.kind) {
    case 'join':
    case 'temporal-join':
      return [relation.left, relation.right];
    case 'union':
      return relation.inputs;
    case 'scan':
    case 'values':
      return [];
    default:
      return [relation.input];
  }
};

/** How many relations there are when one that is used several times counts as often: what walks the tree takes as long. */
export function treeSize(relation: Relation): number {
  const known = sizes.get(relation);
  if (known !== undefined) return known;
  const size = inputsOf(relation).reduce((sum, input) => sum + treeSize(input), 1);
  sizes.set(relation, size);
  return size;
}
