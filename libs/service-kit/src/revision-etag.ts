import { ProblemError } from './problem.ts';

export const etagOf = (revision: number): string => `"${revision}"`;

/**
 * The revision that a change is to be made on top of; undefined when the caller does not mind.
 *
 * @throws ProblemError 400 `invalid-if-match`
 */
export function revisionIn(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined) return undefined;
  const revision = /^"(\d{1,9})"$/u.exec(ifMatch)?.[1];
  if (revision !== undefined) return Number(revision);
  throw new ProblemError({
    status: 400,
    code: 'invalid-if-match',
    title: 'If-Match is not valid',
    detail: 'Give the ETag of what you read, for example "3" with its quotes.',
  });
}

/**
 * A 412 that says what is there now.
 *
 * @param what - as people call it: `feature`, `draft`
 * @param revision - its revision now; undefined when there is none
 */
export const revisionConflict = (what: string, id: string, revision: number | undefined): ProblemError =>
  new ProblemError({
    status: 412,
    code: 'version-conflict',
    title: 'Somebody else was faster',
    detail:
      revision === undefined
        ? `There is no ${what} '${id}' (any more); leave out If-Match.`
        : `The ${what} has the ETag ${etagOf(revision)} now; read it and try again.`,
  });
