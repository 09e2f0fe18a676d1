import type { Feature } from '@hermes/contracts/feature';
import type { FeatureValue } from '@hermes/contracts/profile';
import { type FeatureLookup, quotientOf } from '@hermes/rules/feature-fact';
import type { ValueContext } from './aggregate.ts';
import type { CompiledFeature } from './compile-feature.ts';
import type { AnsweredFeature, FeatureSet } from './feature-set.ts';
import type { Folded } from './series-fold.ts';
import type { SubjectState } from './subject-state.ts';
import type { Tiling } from './window.ts';

const isoOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** The stored state in which a feature is found, of one subject; undefined when there is none. */
export type StateOf = (feature: CompiledFeature) => SubjectState | undefined;

/** What features of one window share in an answer. */
export interface Frame {
  readonly context: ValueContext;
  readonly interval: FeatureValue['interval'];
}

/** The newest interval of each window as text: it is the same for as long as its tiles last. */
const intervals = new WeakMap<
  Tiling,
  { readonly context: ValueContext; readonly interval: FeatureValue['interval'] }
>();

function intervalOf(tiling: Tiling, context: ValueContext): FeatureValue['interval'] {
  const newest = intervals.get(tiling);
  if (newest?.context.fromMs === context.fromMs && newest.context.toMs === context.toMs) return newest.interval;
  const interval = { from: isoOrNull(context.fromMs), to: isoOrNull(context.toMs) };
  intervals.set(tiling, { context, interval });
  return interval;
}

/** The frames of one instant: features of one window have one. */
export class Frames {
  readonly nowMs: number;
  private readonly byTiling = new Map<Tiling, Frame>();

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  of(tiling: Tiling): Frame {
    let frame = this.byTiling.get(tiling);
    if (frame === undefined) {
      const context = tiling.contextAt(this.nowMs);
      frame = { context, interval: intervalOf(tiling, context) };
      this.byTiling.set(tiling, frame);
    }
    return frame;
  }
}

/** One feature's answer at `nowMs`. */
export const featureValue = (feature: CompiledFeature, state: SubjectState | undefined, nowMs: number): FeatureValue =>
  valueIn(new Frames(nowMs), feature, state);

const folded: Folded = { state: undefined, late: 0 };

/** What the state has of the feature at an instant; valid until the next call. */
export function foldedIn(feature: CompiledFeature, state: SubjectState | undefined, nowMs: number): Readonly<Folded> {
  if (state !== undefined) state.foldInto(folded, feature, nowMs);
  else {
    folded.state = undefined;
    folded.late = 0;
  }
  return folded;
}

export function valueIn(frames: Frames, feature: CompiledFeature, state: SubjectState | undefined): FeatureValue {
  const found = foldedIn(feature, state, frames.nowMs);
  const { context, interval } = frames.of(feature.tiling);
  const { value, exact, bound } = feature.aggregate.value(found.state, context);
  const { unit, version } = feature.feature;
  const answer: { -readonly [K in keyof FeatureValue]: FeatureValue[K] } = { value, version, interval };
  if (unit !== undefined) answer.unit = unit;
  if (exact !== undefined) answer.exact = exact;
  if (bound !== undefined) answer.bound = bound;
  if (found.late > 0) answer.late = found.late;
  return answer;
}

/** Numerator over denominator; null when the denominator is zero or either has no value. */
export function ratioValue(feature: Feature, numerator: FeatureValue, denominator: FeatureValue): FeatureValue {
  return {
    value: quotientOf(numerator.value, denominator.value),
    version: feature.version,
    interval: numerator.interval,
    ...(feature.unit === undefined ? {} : { unit: feature.unit }),
  };
}

/** What one answered feature comes to. */
const answeredValue = (frames: Frames, answered: AnsweredFeature, stateOf: StateOf): FeatureValue =>
  answered.kind === 'counted'
    ? valueIn(frames, answered.feature, stateOf(answered.feature))
    : ratioValue(
        answered.feature,
        valueIn(frames, answered.numerator, stateOf(answered.numerator)),
        valueIn(frames, answered.denominator, stateOf(answered.denominator)),
      );

/** Features of one subject as conditions ask for them, whatever their version: as they are answered at `nowMs`, each computed when it is asked for. */
export function lookupIn(answered: FeatureSet['answered'], stateOf: StateOf, nowMs: number): FeatureLookup {
  const frames = new Frames(nowMs);
  return (id) => {
    const one = answered.get(id);
    return one && answeredValue(frames, one, stateOf);
  };
}

/** The answers of features, by id. */
export function featureValues(
  features: Iterable<readonly [string, AnsweredFeature]>,
  stateOf: StateOf,
  nowMs: number,
): Record<string, FeatureValue> {
  const values: Record<string, FeatureValue> = {};
  const frames = new Frames(nowMs);
  for (const [id, answered] of features) {
    values[id] = answeredValue(frames, answered, stateOf);
  }
  return values;
}
