import type { SqlProblem } from '@hermes/contracts/job';
import { ProblemError } from '@hermes/service-kit/problem';

/** A text that is refused, as HTTP says it: the first problem in a sentence, all of them beside it. */
export function invalidSql(problems: readonly SqlProblem[]): ProblemError {
  const [first] = problems;
  const others = problems.length > 1 ? `, and ${problems.length - 1} more` : '';
  const hint = first?.hint === undefined ? '' : ` (${first.hint})`;
  return new ProblemError({
    status: 422,
    code: 'invalid-sql',
    title: 'The text cannot run',
    detail: `Line ${first?.line}, column ${first?.column}: ${first?.message}${hint}${others}.`,
    extra: { problems },
  });
}
