import { profileCodec, type ProfileValue } from '@hermes/feature-counting/state-of-subject';
import { MEMORY_INDEX_VERSION, MemoryIndex } from '@hermes/rules/memory/memory-index';
import { MEMORY_STATE_VERSION, Remembered } from '@hermes/rules/memory/memory-state';
import { Firings, FIRINGS_VERSION } from '@hermes/rules/suppression';
import type { StateCodec } from '@hermes/stream-runtime/logic';

/** What rules keep beside features. */
type RuleValue = Firings | Remembered | MemoryIndex;

/**
 * What a partition of rule-engine keeps: which rules have fired for a subject, what facts remember of it, its features, and how far fills of new ones
 * are.
 */
export type EvaluationState = RuleValue | ProfileValue;

const DECODERS: Readonly<Record<number, (bytes: Buffer) => RuleValue>> = {
  [FIRINGS_VERSION]: (bytes) => Firings.decode(bytes),
  [MEMORY_STATE_VERSION]: (bytes) => Remembered.decode(bytes),
  [MEMORY_INDEX_VERSION]: (bytes) => MemoryIndex.decode(bytes),
};

const isOfRules = (value: EvaluationState): value is RuleValue =>
  value instanceof Firings || value instanceof Remembered || value instanceof MemoryIndex;

export const evaluationCodec: StateCodec<EvaluationState> = {
  encode: (value) => value.encode(),
  decode: (bytes) => (DECODERS[bytes[0]!] ?? profileCodec.decode)(bytes),
  moved(value, bytes) {
    if (!isOfRules(value)) profileCodec.moved?.(value, bytes);
  },
};
