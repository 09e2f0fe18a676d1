/** What is told of a savepoint whose state has no place in the job's text; without the full stop. */
export const doesNotFit = (id: string, unplaced: readonly string[]): string =>
  `The savepoint ${id} has what the job's text has no place for: ${unplaced.join('; ')}. Start with allowNonRestoredState to go on without it, or with the text that it was taken of`;
