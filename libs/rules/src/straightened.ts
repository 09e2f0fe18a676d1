/** What is true exactly where another operator is false; what cannot be decided is so for both. */
const OPPOSITES: Readonly<Record<string, string>> = { notEqual: 'equal', notIn: 'in', notInList: 'inList' };

/** A comparison that has to be true, or false where `holds` is not, told by the operator that is no opposite of another. */
export interface Straightened {
  readonly operator: string;
  readonly holds: boolean;
}

/** `not:equal` that has to be true, and `notEqual`, are `equal` that has to be false. */
export function straightened(name: string, isWanted: boolean): Straightened {
  let [operator, holds] = [name, isWanted];
  while (operator.startsWith('not:')) [operator, holds] = [operator.slice('not:'.length), !holds];
  const opposite = OPPOSITES[operator];
  return opposite === undefined ? { operator, holds } : { operator: opposite, holds: !holds };
}
