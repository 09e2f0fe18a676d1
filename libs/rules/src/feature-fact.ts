import type { FeatureValue } from '@hermes/contracts/profile';
import type { FactReference } from './fact-reference.ts';

/** The fact that is a feature of the event's subject, or of another key that stands in the event; `params` say which. */
export const FEATURE_FACT = 'feature';

/** Which feature a condition asks for. The version is written into it when a rule is published, so that it means the same ever after. */
export interface FeatureRef {
  readonly id: string;
  readonly version?: number;
}

/** A feature of what the event is about, as of the event in hand and with it; undefined for one that is not there. */
export type FeatureLookup = (id: string, version: number | undefined) => FeatureValue | undefined;

/** Which feature is asked for; undefined where it is another fact. */
export function featureRefOf({ fact, params }: FactReference): FeatureRef | undefined {
  if (fact !== FEATURE_FACT) return undefined;
  const { id, version } = (params ?? {}) as Partial<FeatureRef>;
  return { id: String(id), ...(version === undefined ? {} : { version }) };
}

/** Values that somebody names, as features of any version. */
export const givenFeatures =
  (values: Readonly<Record<string, unknown>>): FeatureLookup =>
  (id, version = 1) =>
    Object.hasOwn(values, id) ? { value: values[id], version, interval: { from: null, to: null } } : undefined;
