import type { LeafCondition } from '@hermes/contracts/rule';
import { canonicalPath } from './json-path.ts';

interface Place {
  readonly fact: string;
  readonly path?: string | undefined;
}

/** What of a comparison does not say where it looks. */
const ELSE: readonly string[] = ['operator', 'value', 'name', 'priority'];

/** A place of a fact, by a name that is the same for all ways to write its path. Whatever else is said of where it is belongs to the name. */
export function placeNamed({ fact, path, ...where }: Place): string {
  const others = Object.entries(where).filter(([, value]) => value !== undefined);
  return JSON.stringify([fact, canonicalPath(path), ...others.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** The place that a comparison looks at. */
export function askedPlace(leaf: LeafCondition): string {
  // An event is what it is, whatever the params.
  const ignored = leaf.fact === 'event' || leaf.fact === 'element' ? [...ELSE, 'params'] : ELSE;
  const where = Object.entries(leaf).filter(([key]) => !ignored.includes(key));
  return placeNamed({ ...Object.fromEntries(where), fact: leaf.fact, path: leaf.path });
}
