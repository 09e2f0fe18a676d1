import type { MessagePort } from 'node:worker_threads';
import type { Verdict } from '@hermes/rules/verdict';
import type { GatheredFacts } from './gathered-facts.ts';

/** Where the shared numbers are: what the thread does, and how many rules it was ever done with. */
export const STATE = 0;
export const DONE = 1;

/** What it does: who asks waits while it is ASKED. */
export const ASKED = 0;
/** Nothing is asked, and whatever was is answered. */
export const ANSWERED = 1;
/** The thread has ended by itself. */
export const ENDED = 2;
/** It cannot be asked yet. */
export const STARTING = 3;

export interface ReferenceSetting {
  readonly port: MessagePort;
  /** STATE and DONE. */
  readonly shared: Int32Array;
}

export interface ReferenceQuestion {
  /** Of each rule, as JSON: the same text is parsed once. */
  readonly conditions: readonly string[];
  readonly facts: GatheredFacts;
}

export type ReferenceAnswer =
  | { readonly kind: 'said'; readonly verdicts: readonly Verdict[] }
  | { readonly kind: 'failed'; readonly message: string };
