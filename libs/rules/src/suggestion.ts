import type { Bilingual } from '@hermes/contracts/event-type';
import type { Language } from '@hermes/contracts/language';
import { distance } from 'fastest-levenshtein';
import { adviceOn } from './words.ts';

/** The known word nearest to a mistyped one, or undefined when none is near (a third of its length, at least two edits). */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < bestDistance) {
      bestDistance = edits;
      best = candidate;
    }
  }
  return best;
}

/** The known word that begins as a mistyped one is written: `totlPrice` may be `totalPriceCny`; undefined when none does. */
export function nearestBeginning(word: string, known: readonly string[]): string | undefined {
  // Short beginnings are near to anything.
  if (word.length < 4) return undefined;
  const beginnings = known.flatMap((candidate) =>
    [word.length - 1, word.length, word.length + 1]
      .filter((length) => length < candidate.length)
      .map((length) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase().slice(0, length)) })),
  );
  return beginnings.filter(({ edits }) => edits <= 2).sort((a, b) => a.edits - b.edits)[0]?.candidate;
}

/** What to say of a mistyped word: `did you mean "equal"?`, or what there is to choose from. */
export const adviceFor = (word: string, known: readonly string[]): Bilingual => adviceOn(nearest(word, known), known);

/** The same for sentences that are said in one language. */
export const suggest = (word: string, known: readonly string[], language: Language = 'en'): string =>
  adviceFor(word, known)[language];
