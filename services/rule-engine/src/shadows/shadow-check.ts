import type { RuleDraft } from '@hermes/contracts/rule';
import type { RuleProblem } from '@hermes/rules/frame-problems';
import { sameDraft } from '../rules/change-summary.ts';
import { type Approval, type DraftCase, outdatedProblems, testProblems } from '../rules/draft-check.ts';

/** A draft that is to run in the shadow, and what stands around it. */
export interface ShadowStart {
  readonly draft: Pick<DraftCase, 'draft' | 'basedOn' | 'newestVersion'>;
  /** What the rule's newest version says; undefined: the rule is out of force, or was never in it. */
  readonly inForce: RuleDraft | undefined;
}

/** A candidate, and what stands around it. */
export interface Candidate {
  readonly version: number;
  readonly draft: RuleDraft;
  /** The rule's newest version when it began. */
  readonly basedOn: number;
  /** The rule's newest version now. */
  readonly newestVersion: number;
  /** The last editor of the draft. */
  readonly editedBy: string;
  readonly editedById: string;
  readonly approvals: readonly Approval[];
  /** Whether the project asks for them. */
  readonly fourEyes: boolean;
}

const of = (code: string, message: string, pointer = ''): readonly RuleProblem[] => [{ pointer, code, message }];

/** What keeps a draft from running in the shadow of the version in force; empty when nothing does. Nothing is done in the shadow, so nobody has to approve of it. */
export function startProblems({ draft, inForce }: ShadowStart): readonly RuleProblem[] {
  if (inForce === undefined)
    return of('not-in-force', 'no version of the rule is in force: publish the draft with "shadow": true instead');
  const hidden =
    draft.draft.shadow === true
      ? of(
          'shadow-draft',
          'leave it out: a candidate is in the shadow anyway, and has to do something once it is promoted',
          '/shadow',
        )
      : [];
  const same = sameDraft(inForce, draft.draft)
    ? of('nothing-new', 'the draft says what the version in force says: there would be nothing to compare')
    : [];
  return [...testProblems(draft.draft), ...hidden, ...outdatedProblems(draft, 'save the draft again'), ...same];
}

/** What keeps a candidate from being promoted; empty when nothing does. */
export function promotionProblems(candidate: Candidate): readonly RuleProblem[] {
  const { draft, fourEyes, approvals, editedBy, editedById } = candidate;
  const unapproved =
    fourEyes && !approvals.some(({ byId }) => byId !== editedById)
      ? of(
          'needs-approval',
          `the project publishes rules under four eyes: another person than ${editedBy} has to approve this version`,
        )
      : [];
  return [
    ...testProblems(draft),
    ...outdatedProblems(candidate, 'save a draft on top of it, and begin again'),
    ...unapproved,
  ];
}
