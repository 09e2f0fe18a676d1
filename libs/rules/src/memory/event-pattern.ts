import type { HermesEvent } from '@hermes/contracts/event';
import type { EventPattern } from '@hermes/contracts/rule-memory';
import { type PREVIOUS_FACT, type PreviousLookup } from '../change-operators.ts';
import { type FEATURE_FACT, type FeatureLookup } from '../feature-fact.ts';
import { compilePath } from '../json-path.ts';
import { type LIST_FACT, type ListLookup } from '../list-operators.ts';
import { asking } from '../program.ts';
import { TRUE } from '../verdict.ts';

/** What is known beside an event: of named lists, and of what was before it. What is not there cannot be decided. */
export interface BesideEvent {
  readonly [LIST_FACT]?: ListLookup | undefined;
  /** Of the key by which the rule goes, the event included. */
  readonly [FEATURE_FACT]?: FeatureLookup | undefined;
  /** Where somebody says what was before. */
  readonly [PREVIOUS_FACT]?: PreviousLookup | undefined;
}

export type Matches = (event: HermesEvent, beside?: BesideEvent) => boolean;

/** Whether an event is of the type, and what has to hold of it does; what cannot be decided does not. */
export function matching({ type, that }: EventPattern): Matches {
  if (that === undefined) return (event) => event.type === type;
  const ask = asking(that);
  return (event, beside) => event.type === type && ask({ ...beside, event }) === TRUE;
}

export function matchingAny(patterns: readonly EventPattern[]): Matches {
  const each = patterns.map(matching);
  return (event, beside) => each.some((matches) => matches(event, beside));
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
