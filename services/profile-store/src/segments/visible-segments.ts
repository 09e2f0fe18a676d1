import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { lookupIn, type StateOf } from '@hermes/profiles/features/feature-view';
import type { CompiledSegment } from '@hermes/rules/segments/segment-set';

/** Segments that an answer says, with the features by which they go. */
export interface ShownSegments {
  readonly segments: readonly CompiledSegment[];
  readonly answered: FeatureSet['segments']['answered'];
}

/**
 * The segments that a caller may see: those of which it may see every feature that they name.
 *
 * @param allowed - feature ids that the caller's key names; undefined: all
 */
export function shownSegments(
  { segments }: Pick<FeatureSet, 'segments'>,
  allowed: readonly string[] | undefined,
): ShownSegments {
  const { all } = segments.set;
  const { answered } = segments;
  const seen = allowed === undefined ? all : all.filter(({ features }) => features.every((id) => allowed.includes(id)));
  return { segments: seen, answered };
}

/** In which of them a subject is at `nowMs`, by id: computed from its features, whatever was told of it. */
export function memberOf(
  { segments, answered }: ShownSegments,
  subject: string,
  stateOf: StateOf,
  nowMs: number,
): string[] {
  if (segments.length === 0) return [];
  const feature = lookupIn(answered, stateOf, nowMs);
  return segments.filter((segment) => segment.has(subject, feature)).map(({ id }) => id);
}
