import { SqlRefusal } from '../../syntax/problem.ts';
import type { Name } from '../../syntax/tree-node.ts';
import { withNullable } from '../../values/types.ts';
import { closestName } from '../closest-name.ts';
import type { PlanExpression } from '../expression.ts';
import { shownType } from '../shown-type.ts';

/** A field of a ROW by its name; it may be NULL when the row may. Throws SqlRefusal. */
export function fieldOf(of: PlanExpression, name: Name): PlanExpression {
  const { type } = of;
  if (type.kind !== 'ROW')
    throw new SqlRefusal(
      name.at,
      `${name.name} is asked of a value of type ${shownType(type)}, which has no fields`,
      'only a ROW<field TYPE, ...> has fields',
    );
  const index = type.fields.findIndex((candidate) => candidate.name === name.name);
  const field = type.fields[index];
  if (field === undefined)
    throw unknownName(
      name,
      'field',
      type.fields.map((each) => each.name),
    );
  return { kind: 'field', of, index, type: withNullable(field.type, field.type.nullable || type.nullable) };
}

/** Refuses a name that is not known, with the one that was meant if there is one like it. */
export function unknownName(name: Name, what: string, known: readonly string[]): SqlRefusal {
  const near = closestName(name.name, known);
  const differsInCase = near !== undefined && near.toLowerCase() === name.name.toLowerCase();
  const list = known.length === 0 ? 'there is none' : `there is: ${known.join(', ')}`;
  return new SqlRefusal(
    name.at,
    `there is no ${what} ${name.name}`,
    near === undefined ? list : differsInCase ? `names are case-sensitive: write ${near}` : `did you mean ${near}?`,
  );
}
