import { profileCodec, type ProfileValue } from '@hermes/feature-counting/state-of-subject';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import { Firings, FIRINGS_VERSION } from '@hermes/rules/suppression';
import type { StateCodec } from '@hermes/stream-runtime/logic';

/** What a partition of rule-engine keeps: which rules have fired for a subject, its features, and how far fills of new ones are. */
export type EvaluationState = Firings | ProfileValue;

export const evaluationCodec: StateCodec<EvaluationState> = {
  encode: (value) => value.encode(),
  decode: (bytes) => (bytes[0] === FIRINGS_VERSION ? Firings.decode(bytes) : profileCodec.decode(bytes)),
  moved(value, bytes) {
    if (!(value instanceof Firings)) profileCodec.moved?.(value, bytes);
  },
};

/** Whether a value is its own bytes, and has to be told what they are when it grows. */
export const restsOnBytes = (value: EvaluationState): boolean => value instanceof SubjectState;
