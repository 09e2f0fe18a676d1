import type { TraceEntry } from '@hermes/contracts/decision';

/** A condition with the conditions inside it. */
export interface TraceNode {
  readonly entry: TraceEntry;
  /** For a group: how its members count. */
  readonly group: 'all' | 'any' | 'not' | undefined;
  readonly children: readonly TraceNode[];
}

/** `/all/0` is inside of the group at `` and that one is an `all`. */
const parentOf = (path: string): { readonly path: string; readonly group: 'all' | 'any' | 'not' } | undefined => {
  const match = /^(.*)\/(?:(all|any)\/\d+|(not))$/.exec(path);
  if (match === null) return undefined;
  return { path: match[1] ?? '', group: (match[2] ?? match[3]) as 'all' | 'any' | 'not' };
};

/** The flat trace as the tree that the rule's author wrote; entries whose group is not in the trace stand at the top. Pure. */
export function traceTree(trace: readonly TraceEntry[]): readonly TraceNode[] {
  const paths = new Set(trace.map(({ path }) => path));
  const childrenOf = (path: string): readonly TraceEntry[] =>
    trace.filter((entry) => parentOf(entry.path)?.path === path && entry.path !== path);
  const node = (entry: TraceEntry): TraceNode => {
    const children = childrenOf(entry.path);
    return {
      entry,
      group: children[0] === undefined ? undefined : parentOf(children[0].path)?.group,
      children: children.map(node),
    };
  };
  return trace.filter((entry) => !paths.has(parentOf(entry.path)?.path ?? '\0')).map(node);
}

/** The event's field that a condition looked at: `$.data.totalPriceCny` -> `totalPriceCny`; others keep their path. Pure. */
export const fieldOf = (factPath: string | undefined): string => (factPath ?? '').replace(/^\$\.?(data\.)?/, '');

/** The feature that a condition asked for, `showings_7d`, with the place in it; undefined where it looked at the event. Pure. */
export function featureOf(
  fact: unknown,
  params: Readonly<Record<string, unknown>> | undefined,
  path: string | undefined,
): string | undefined {
  if (fact !== 'feature') return undefined;
  return [String(params?.['id'] ?? ''), fieldOf(path)].filter((part) => part !== '').join(' ');
}
