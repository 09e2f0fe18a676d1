import { SqlRefusal, type Problem } from './problem.ts';
import type { Node } from './tree-node.ts';

/**
 * How deep a tree may be. `a OR b OR c ...` is as deep as it is long, and whoever works on a tree does so by recursion. Longer lists of
 * alternatives are written with IN.
 */
export const MAX_DEPTH = 1_000;

/** The problem of a tree that is deeper than `MAX_DEPTH` nodes. It walks without recursion. */
export function depthProblem(root: Node): Problem | undefined {
  const values: object[] = [root];
  const depths: number[] = [0];
  for (;;) {
    const value = values.pop();
    const depth = depths.pop();
    if (value === undefined || depth === undefined) return undefined;
    if (depth > MAX_DEPTH)
      return new SqlRefusal(
        (value as Node).at,
        `the statement has more than ${MAX_DEPTH} levels within each other here`,
        'write x IN (a, b, ...) in the place of x = a OR x = b ..., or take parts out into views',
      ).problem;
    for (const key in value) {
      const child = (value as Readonly<Record<string, unknown>>)[key];
      if (typeof child !== 'object' || child === null || key.endsWith('At') || key === 'at') continue;
      values.push(child);
      depths.push(Object.hasOwn(child, 'at') ? depth + 1 : depth);
    }
  }
}
