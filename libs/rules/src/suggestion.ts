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

/** `did you mean "equal"?`, or what there is to choose from. */
export function suggest(word: string, known: readonly string[]): string {
  const found = nearest(word, known);
  return found === undefined ? `known: ${known.join(', ')}` : `did you mean "${found}"?`;
}
