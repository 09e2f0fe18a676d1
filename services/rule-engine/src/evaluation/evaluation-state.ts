import { profileCodec, type ProfileValue } from '@hermes/feature-counting/state-of-subject';
import { MEMORY_INDEX_VERSION, MemoryIndex } from '@hermes/rules/memory/memory-index';
import { MEMORY_STATE_VERSION, Remembered } from '@hermes/rules/memory/memory-state';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import { Firings, FIRINGS_VERSION } from '@hermes/rules/suppression';
import type { StateCodec } from '@hermes/stream-runtime/logic';
import { CHANGES_READ_VERSION, ChangesRead } from '../persons/changes-read.ts';
import { Told, TOLD_VERSION } from '../persons/told.ts';
import { GATHERED_VERSION, GatheredValues } from './gathered-values.ts';

/** What rules keep beside features. */
type RuleValue = Firings | GatheredValues | Remembered | MemoryIndex | Told | ChangesRead;

/**
 * What a partition of rule-engine keeps: which rules have fired for a key, what facts remember of it, what it was told of persons, its features, how far fills of new ones are, and what
 * has come for an event from some of the keys that its rules ask.
 */
export type EvaluationState = RuleValue | ProfileValue;

const DECODERS: Readonly<Record<number, (bytes: Buffer) => RuleValue>> = {
  [FIRINGS_VERSION]: (bytes) => Firings.decode(bytes),
  [GATHERED_VERSION]: (bytes) => GatheredValues.decode(bytes),
  [MEMORY_STATE_VERSION]: (bytes) => Remembered.decode(bytes),
  [MEMORY_INDEX_VERSION]: (bytes) => MemoryIndex.decode(bytes),
  [TOLD_VERSION]: (bytes) => Told.decode(bytes),
  [CHANGES_READ_VERSION]: (bytes) => ChangesRead.decode(bytes),
};

const KINDS_OF_RULES = [Firings, GatheredValues, Remembered, MemoryIndex, Told, ChangesRead] as const;
const isOfRules = (value: EvaluationState): value is RuleValue => KINDS_OF_RULES.some((kind) => value instanceof kind);

export const evaluationCodec: StateCodec<EvaluationState> = {
  encode: (value) => value.encode(),
  decode: (bytes) => (DECODERS[bytes[0]!] ?? profileCodec.decode)(bytes),
  moved(value, bytes) {
    if (!isOfRules(value)) profileCodec.moved?.(value, bytes);
  },
};

/** Whether a value is its own bytes, and has to be told what they are when it grows. */
export const restsOnBytes = (value: EvaluationState): boolean => value instanceof SubjectState;
