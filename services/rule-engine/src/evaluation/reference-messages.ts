import type { MessagePort } from 'node:worker_threads';
import type { Verdict } from '@hermes/rules/verdict';
import type { GatheredFacts } from './gathered-facts.ts';

/** What the shared number says: who asks waits while it is ASKED. */
export const ASKED = 0;
/** Nothing is asked, and whatever was is answered. */
export const ANSWERED = 1;
/** The thread has ended by itself. */
export const ENDED = 2;
/** It cannot be asked yet. */
export const STARTING = 3;

export interface ReferenceSetting {
  readonly port: MessagePort;
  readonly state: Int32Array;
}

export interface ReferenceQuestion {
  /** Of each rule, as JSON: the same text is parsed once. */
  readonly conditions: readonly string[];
  readonly facts: GatheredFacts;
}

export type ReferenceAnswer =
  | { readonly kind: 'said'; readonly verdicts: readonly Verdict[] }
  | { readonly kind: 'failed'; readonly message: string };
