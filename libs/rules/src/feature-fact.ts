import type { FeatureValue } from '@hermes/contracts/profile';
import type { FactReference } from './fact-reference.ts';

/** The fact that is a feature of the event's subject, or of another key that stands in the event; `params` say which. */
export const FEATURE_FACT = 'feature';

/** A version of a feature that is counted. */
export interface CountedRef {
  readonly id: string;
  readonly version: number;
}

/** The two features that a ratio divides. */
export interface RatioParts {
  readonly numerator: CountedRef;
  readonly denominator: CountedRef;
}

/**
 * Which feature a condition asks for. The version is written into it when a rule is published, and for a ratio the versions of its two features, so that it
 * means the same ever after.
 */
export interface FeatureRef {
  readonly id: string;
  readonly version?: number;
  readonly ratio?: RatioParts;
}

/** What is written into a rule of a feature that it asks for. */
export type PinnedFeature = number | ({ readonly version: number } & RatioParts);

/** A feature of what the event is about, as of the event in hand and with it; undefined for one that is not there. */
export type FeatureLookup = (id: string, version: number | undefined) => FeatureValue | undefined;

/** Which feature is asked for; undefined where it is another fact. */
export function featureRefOf({ fact, params }: FactReference): FeatureRef | undefined {
  if (fact !== FEATURE_FACT) return undefined;
  const { id, version, numerator, denominator } = (params ?? {}) as Partial<CountedRef & RatioParts>;
  return {
    id: String(id),
    ...(version === undefined ? {} : { version }),
    ...(numerator === undefined || denominator === undefined ? {} : { ratio: { numerator, denominator } }),
  };
}

/** The parameters of a condition that asks for it. */
export const pinnedParams = (id: string, pinned: PinnedFeature): Readonly<Record<string, unknown>> =>
  typeof pinned === 'number' ? { id, version: pinned } : { id, ...pinned };

/** What has to be counted for it. */
export const countedFor = ({ ratio, ...ref }: FeatureRef): readonly FeatureRef[] =>
  ratio === undefined ? [ref] : [ratio.numerator, ratio.denominator];

/** One over the other; null when that is zero, or one of them is no number. */
export const quotientOf = (above: unknown, below: unknown): number | null =>
  typeof above === 'number' && typeof below === 'number' && below !== 0 ? above / below : null;

/** What a lookup says of it. A ratio that it does not know itself is divided. */
export function featureIn(feature: FeatureLookup, { id, version, ratio }: FeatureRef): FeatureValue | undefined {
  const known = feature(id, version);
  if (known !== undefined || ratio === undefined) return known;
  const [above, below] = [ratio.numerator, ratio.denominator].map((one) => feature(one.id, one.version));
  if (above === undefined || below === undefined) return undefined;
  const { interval, key } = above;
  return {
    value: quotientOf(above.value, below.value),
    version: version ?? 1,
    interval,
    ...(key === undefined ? {} : { key }),
  };
}

/** Values that somebody names, as features of any version. */
export const givenFeatures =
  (values: Readonly<Record<string, unknown>>): FeatureLookup =>
  (id, version = 1) =>
    Object.hasOwn(values, id) ? { value: values[id], version, interval: { from: null, to: null } } : undefined;
