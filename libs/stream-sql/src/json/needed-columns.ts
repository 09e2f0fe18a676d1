import type { SourceNode } from '../planner/plan.ts';
import type { Needed } from './json-columns.ts';

/** What of a source's columns is read, by column: all of it, or of a ROW some fields. */
export function neededColumns({ paths, unread }: Pick<SourceNode, 'paths' | 'unread'>): ReadonlyMap<number, Needed> {
  const needed = new Map<number, Needed>();
  for (const path of paths) if (!unread.includes(path[0]!)) add(needed, path);
  return needed;
}

function add(needed: Map<number, Needed>, [first, ...rest]: readonly number[]): void {
  if (first === undefined) return;
  const known = needed.get(first);
  if (known === true) return;
  if (rest.length === 0) {
    needed.set(first, true);
    return;
  }
  const inner = new Map(known);
  add(inner, rest);
  needed.set(first, inner);
}
