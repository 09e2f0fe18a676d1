import { distance } from 'fastest-levenshtein';

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

/** `did you mean "equal"?`, or what there is to choose from. */
export function suggest(word: string, known: readonly string[]): string {
  const found = nearest(word, known);
  return found === undefined ? `known: ${known.join(', ')}` : `did you mean "${found}"?`;
}
