import type { Lookup } from '@hermes/contracts/lookup';

/** What a source answers to a key; `missing`: it has nothing under it. */
export type SourceAnswer =
  { readonly kind: 'found'; readonly value: unknown; readonly bytes: number } | { readonly kind: 'missing' };

/** That there is no answer is because of the question: the source is well, and others may go on asking it. */
export class UnfitQuestion extends Error {
  override readonly name = 'UnfitQuestion';
}

/** Asks one source about one key. @throws Error with what went wrong in words, and when `signal` is aborted */
export type AskSource<L extends Lookup = Lookup> = (
  lookup: L,
  key: string,
  signal: AbortSignal,
) => Promise<SourceAnswer>;
