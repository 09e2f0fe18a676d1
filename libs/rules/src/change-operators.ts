import type { LeafCondition, RuleOperator } from '@hermes/contracts/rule';
import type { Facts } from './fact-reads.ts';
import { FEATURE_FACT, type FeatureLookup, type FeatureRef } from './feature-fact.ts';
import { canonicalPath } from './json-path.ts';
import type { Operator } from './operators.ts';
import { FALSE, UNDECIDABLE, verdictOf } from './verdict.ts';

/** What stood at a place in the event before the one in hand that had something there. */
export type Previous =
  | { readonly kind: 'value'; readonly value: unknown }
  /** There was none. */
  | { readonly kind: 'first' }
  /** The event in hand is not the newest: it changes nothing. */
  | { readonly kind: 'late' };

/** By the canonical path of the place. */
export type PreviousLookup = (path: string) => Previous;

/** Among the facts: where somebody gives what was before, instead of what the subject's features say. */
export const PREVIOUS_FACT = 'previous';

/** What an operator of change compares with: what was before (undefined: nobody can tell), and what the rule says. */
export class Change {
  readonly previous: Previous | undefined;
  readonly value: unknown;

  constructor(previous: Previous | undefined, value: unknown) {
    this.previous = previous;
    this.value = value;
  }
}

const isScalar = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/**
 * Of what is no text, number or boolean, and of an event that comes late, nothing has changed.
 *
 * @param asks - whether what was before is asked at all, with this value now
 */
function ofChanges(
  asks: (actual: unknown, value: unknown) => boolean,
  compare: (actual: unknown, previous: Exclude<Previous, { kind: 'late' }>, value: unknown) => boolean,
): Operator {
  return (actual, expected) => {
    if (!(expected instanceof Change)) return UNDECIDABLE;
    const { previous, value } = expected;
    if (!isScalar(actual) || !asks(actual, value)) return FALSE;
    if (previous === undefined) return UNDECIDABLE;
    return previous.kind === 'late' ? FALSE : verdictOf(compare(actual, previous, value));
  };
}

const always = (): boolean => true;

export const CHANGE_OPERATORS = {
  was: ofChanges(always, (_, previous, value) => previous.kind === 'value' && previous.value === value),
  // What it is now decides first: a step of its own asks that.
  became: ofChanges(
    (actual, value) => actual === value,
    (_, previous, value) => previous.kind === 'first' || previous.value !== value,
  ),
  changed: ofChanges(
    always,
    (actual, previous, value) => previous.kind === 'value' && (previous.value !== actual) === value,
  ),
} satisfies Partial<Record<RuleOperator, Operator>>;

/** Whether it is one of them, under whatever decorators. */
export const isChangeOperator = (name: string): boolean =>
  Object.hasOwn(CHANGE_OPERATORS, name.slice(name.lastIndexOf(':') + 1));

/** The feature that keeps what was before; undefined for any other comparison, and where none is written into it yet. */
export function previousRefOf({ operator, params }: LeafCondition): FeatureRef | undefined {
  return isChangeOperator(operator) ? (params?.[PREVIOUS_FACT] as FeatureRef | undefined) : undefined;
}

/** Each event, newest first, with what stood at the place: what such a feature is. */
type KeptValues = readonly (readonly [eventId: string, value: unknown])[];

/** Reads what was before the event in hand; undefined where nobody can tell. */
export function previousReader(leaf: LeafCondition): (facts: Facts) => Previous | undefined {
  const path = canonicalPath(leaf.path);
  const ref = previousRefOf(leaf);
  return (facts) => {
    const given = facts[PREVIOUS_FACT] as PreviousLookup | undefined;
    if (given !== undefined) return given(path);
    const feature = facts[FEATURE_FACT] as FeatureLookup | undefined;
    const kept = (ref && feature?.(ref.id, ref.version)?.value) as KeptValues | undefined;
    if (kept === undefined) return undefined;
    const [newest, before] = kept;
    if (newest?.[0] !== (facts['event'] as { readonly id?: string }).id) return { kind: 'late' };
    return before === undefined ? { kind: 'first' } : { kind: 'value', value: before[1] };
  };
}

/** Values that somebody names, by path. */
export function givenPrevious(values: Readonly<Record<string, unknown>>): PreviousLookup {
  const byPath = new Map(Object.entries(values).map(([path, value]) => [canonicalPath(path), value]));
  return (path) => (byPath.has(path) ? { kind: 'value', value: byPath.get(path) } : { kind: 'first' });
}
