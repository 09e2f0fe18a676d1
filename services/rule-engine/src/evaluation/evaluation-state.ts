import { profileCodec, type ProfileValue } from '@hermes/feature-counting/state-of-subject';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import { Firings, FIRINGS_VERSION } from '@hermes/rules/suppression';
import type { StateCodec } from '@hermes/stream-runtime/logic';
import { GATHERED_VERSION, GatheredValues } from './gathered-values.ts';

/**
 * What a partition of rule-engine keeps: which rules have fired for a key, its features, how far fills of new ones are, and what has come for an event from
 * some of the keys that its rules ask.
 */
export type EvaluationState = Firings | GatheredValues | ProfileValue;

export const evaluationCodec: StateCodec<EvaluationState> = {
  encode: (value) => value.encode(),
  decode: (bytes) => {
    if (bytes[0] === FIRINGS_VERSION) return Firings.decode(bytes);
    if (bytes[0] === GATHERED_VERSION) return GatheredValues.decode(bytes);
    return profileCodec.decode(bytes);
  },
  moved(value, bytes) {
    if (!(value instanceof Firings || value instanceof GatheredValues)) profileCodec.moved?.(value, bytes);
  },
};

/** Whether a value is its own bytes, and has to be told what they are when it grows. */
export const restsOnBytes = (value: EvaluationState): boolean => value instanceof SubjectState;
