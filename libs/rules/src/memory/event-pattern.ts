import type { HermesEvent } from '@hermes/contracts/event';
import type { EventPattern } from '@hermes/contracts/rule-memory';
import { compilePath } from '../json-path.ts';
import { asking } from '../program.ts';
import { TRUE } from '../verdict.ts';

export type Matches = (event: HermesEvent) => boolean;

/** Whether an event is of the type, and what has to hold of it does; what cannot be decided does not. */
export function matching({ type, that }: EventPattern): Matches {
  if (that === undefined) return (event) => event.type === type;
  const ask = asking(that);
  return (event) => event.type === type && ask({ event }) === TRUE;
}

export function matchingAny(patterns: readonly EventPattern[]): Matches {
  const each = patterns.map(matching);
  return (event) => each.some((matches) => matches(event));
}

export const typesOf = (patterns: readonly EventPattern[]): readonly string[] => [
  ...new Set(patterns.map(({ type }) => type)),
];

/** More is no value that events have in common. */
const MAX_SAME_LENGTH = 512;

/** What stands at these places of an event, as one text; undefined where one of them has no value, or no single one. */
export function sameIn(paths: readonly string[]): (event: HermesEvent) => string | undefined {
  const reads = paths.map(compilePath);
  return (event) => {
    const values = reads.map((read) => read(event));
    if (values.some((value) => value === undefined || value === null || typeof value === 'object')) return undefined;
    const text = values.length === 0 ? '' : JSON.stringify(values);
    return text.length <= MAX_SAME_LENGTH ? text : undefined;
  };
}
