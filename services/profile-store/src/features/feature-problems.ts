import { type FeatureDraft, FeatureId } from '@hermes/contracts/feature';
import { checkFeature, type FeatureProblem } from '@hermes/profiles/features/check-feature';
import { nearest } from '@hermes/rules/suggestion';
import { andMore, notFound, ProblemError } from '@hermes/service-kit/problem';
import type { PublishRefusal } from './publish-check.ts';

export function invalidFeature(problems: readonly FeatureProblem[]): ProblemError {
  const [first] = problems;
  return new ProblemError({
    status: 400,
    code: 'invalid-feature',
    title: 'The feature is not valid',
    detail: `${first?.pointer ?? ''}: ${first?.message ?? ''}${andMore(problems)}`,
    extra: { errors: problems },
  });
}

/** @throws ProblemError 400 `invalid-feature` with everything that is wrong */
export function checkedDraft(input: unknown): FeatureDraft {
  const result = checkFeature(input);
  if (result.kind === 'ok') return result.draft;
  throw invalidFeature(result.problems);
}

/** @throws ProblemError 400 `invalid-feature-id` */
export function checkedId(id: string): string {
  const result = FeatureId.safeParse(id);
  if (result.success) return id;
  throw new ProblemError({
    status: 400,
    code: 'invalid-feature-id',
    title: 'The feature id is not valid',
    detail: result.error.issues[0]?.message ?? 'a feature id is lower-case letters, digits, "_" and "-"',
  });
}

/** A 404 with the nearest name there is. */
export function unknownFeature(id: string, known: readonly string[]): ProblemError {
  const meant = nearest(id, known);
  return notFound('feature', id, meant === undefined ? '' : `Did you mean '${meant}'?`);
}

export const inUse = (id: string, by: readonly string[]): ProblemError =>
  new ProblemError({
    status: 409,
    code: 'in-use',
    title: 'The feature is in use',
    detail: `'${id}' is a part of ${by.map((one) => `'${one}'`).join(', ')}: publish ${by.length === 1 ? 'it' : 'them'} without it, or archive ${by.length === 1 ? 'it' : 'them'} first.`,
    extra: { usedBy: by },
  });

export function refusedPublication(id: string, refusal: PublishRefusal): ProblemError {
  if (refusal.kind === 'invalid') return invalidFeature(refusal.problems);
  if (refusal.kind === 'in-use') return inUse(id, refusal.by);
  const where = refusal.group === undefined ? 'A project' : `The group '${refusal.group}'`;
  return new ProblemError({
    status: 409,
    code: 'too-many-features',
    title: 'There are too many features',
    detail: `${where} has at most ${refusal.limit} published features: archive one that nobody reads${refusal.group === undefined ? '' : ', or use another group'}.`,
  });
}
