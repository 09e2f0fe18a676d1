import type { Feature } from '@hermes/contracts/feature';
import type { FeatureValue } from '@hermes/contracts/profile';
import type { CompiledFeature } from './compile-feature.ts';
import type { AnsweredFeature } from './feature-set.ts';
import { valueOfSeries } from './series.ts';
import type { SubjectState } from './subject-state.ts';

const isoOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** The stored state in which a feature is found, of one subject; undefined when there is none. */
export type StateOf = (feature: CompiledFeature) => SubjectState | undefined;

/** One feature's answer at `nowMs`. */
export function featureValue(feature: CompiledFeature, state: SubjectState | undefined, nowMs: number): FeatureValue {
  const series = state?.seriesOf(feature);
  const { fromMs, toMs } = feature.tiling.contextAt(nowMs);
  const { unit, version } = feature.feature;
  return {
    ...valueOfSeries(feature, series, nowMs),
    version,
    interval: { from: isoOrNull(fromMs), to: isoOrNull(toMs) },
    ...(unit === undefined ? {} : { unit }),
    ...(series !== undefined && series.late > 0 ? { late: series.late } : {}),
  };
}

/** Numerator over denominator; null when the denominator is zero or either has no value. */
function ratioValue(feature: Feature, numerator: FeatureValue, denominator: FeatureValue): FeatureValue {
  const [above, below] = [numerator.value, denominator.value];
  const divides = typeof above === 'number' && typeof below === 'number' && below !== 0;
  return {
    value: divides ? above / below : null,
    version: feature.version,
    interval: numerator.interval,
    ...(feature.unit === undefined ? {} : { unit: feature.unit }),
  };
}

/** The answers of features, by id. */
export function featureValues(
  features: Iterable<readonly [string, AnsweredFeature]>,
  stateOf: StateOf,
  nowMs: number,
): Record<string, FeatureValue> {
  const values: Record<string, FeatureValue> = {};
  for (const [id, answered] of features) {
    values[id] =
      answered.kind === 'counted'
        ? featureValue(answered.feature, stateOf(answered.feature), nowMs)
        : ratioValue(
            answered.feature,
            featureValue(answered.numerator, stateOf(answered.numerator), nowMs),
            featureValue(answered.denominator, stateOf(answered.denominator), nowMs),
          );
  }
  return values;
}
