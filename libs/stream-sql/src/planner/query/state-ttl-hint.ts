import { SqlRefusal } from '../../syntax/problem.ts';
import type { Hint, TableExpression } from '../../syntax/tree.ts';
import type { Name } from '../../syntax/tree-node.ts';
import { durationMs } from '../duration.ts';
import { unknownName } from '../expression/field.ts';
import type { StateTtl } from '../plan.ts';

/** How long state is kept of the tables that STATE_TTL names, in milliseconds by the name that they have in FROM. Throws SqlRefusal. */
export function stateTtls(hints: readonly Hint[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const hint of hints)
    for (const { key, value, valueAt } of hint.name === 'STATE_TTL' ? hint.options : []) {
      const ms = durationMs(value);
      if (ms === undefined) throw new SqlRefusal(valueAt, `'${value}' is not a duration`, "for example '12 h'");
      found.set(key, ms);
    }
  return found;
}

/** Refuses names that FROM does not have. */
export function checkStateTtls(hints: readonly Hint[], from: TableExpression | undefined): void {
  const known = from === undefined ? [] : namesIn(from);
  for (const hint of hints)
    for (const { key, keyAt } of hint.name === 'STATE_TTL' ? hint.options : [])
      if (!known.includes(key)) throw unknownName({ name: key, at: keyAt } satisfies Name, 'table of FROM', known);
}

/** What the hints say of the sides of a join; `undefined`: nothing. */
export function joinStateTtl(
  hints: readonly Hint[],
  left: TableExpression,
  right: TableExpression,
): StateTtl | undefined {
  const all = stateTtls(hints);
  const of = (side: TableExpression): number | null => all.get(nameIn(side) ?? '') ?? null;
  const found = { left: of(left), right: of(right) };
  return found.left === null && found.right === null ? undefined : found;
}

/** What the hints say of the rows that are grouped: of FROM that is one table. */
export const groupStateTtl = (hints: readonly Hint[], from: TableExpression | undefined): number | undefined =>
  from === undefined ? undefined : stateTtls(hints).get(nameIn(from) ?? '');

const namesIn = (node: TableExpression): readonly string[] =>
  node.kind === 'join' ? [...namesIn(node.left), ...namesIn(node.right)] : [nameIn(node) ?? ''];

function nameIn(node: TableExpression): string | undefined {
  if (node.kind === 'join') return undefined;
  return node.alias?.name.name ?? (node.kind === 'table' ? node.name[node.name.length - 1]!.name : undefined);
}
