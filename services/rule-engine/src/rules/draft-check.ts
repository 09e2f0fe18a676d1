import type { RuleDraft } from '@hermes/contracts/rule';
import type { RuleProblem } from '@hermes/rules/frame-problems';
import { failedTests } from '@hermes/rules/rule-tests';

/** A person's word on a draft. */
export interface Approval {
  readonly by: string;
  /** Tells one person from another, whatever becomes of the e-mail. */
  readonly byId: string;
  readonly at: Date;
}

/** A draft, and what stands around it. */
export interface DraftCase {
  readonly draft: RuleDraft;
  readonly hash: string;
  /** The rule's newest version when the draft was saved; 0 before the first. */
  readonly basedOn: number;
  /** The rule's newest version now. */
  readonly newestVersion: number;
  /** The last editor. */
  readonly savedBy: string;
  readonly savedById: string;
  /** Of this draft as it is. */
  readonly approvals: readonly Approval[];
  /** Whether the project asks for them. */
  readonly fourEyes: boolean;
}

const NEEDS_APPROVAL = 'needs-approval';

/** What the rule's own tests say against publishing it: those that it fails, and that none says on what it fires. */
export function testProblems(draft: RuleDraft): readonly RuleProblem[] {
  const failed = failedTests(draft);
  if (draft.tests?.some(({ fires }) => fires) === true) return failed;
  const message =
    'a rule is published with at least one test that says on what it fires, for example {"name": "a large one", "event": {"data": {"priceCny": 12000000}}, "fires": true}';
  return [...failed, { pointer: '/tests', code: 'no-tests', message }];
}

/** That another version was published since; `advice`: what to do then. */
export const outdatedProblems = (
  { basedOn, newestVersion }: Pick<DraftCase, 'basedOn' | 'newestVersion'>,
  advice: string,
): readonly RuleProblem[] =>
  basedOn === newestVersion
    ? []
    : [
        {
          pointer: '',
          code: 'outdated-draft',
          message: `version ${newestVersion} was published after the draft was saved: look at what it changes, and ${advice}`,
        },
      ];

function unapproved({ fourEyes, approvals, savedBy, savedById }: DraftCase): readonly RuleProblem[] {
  if (!fourEyes || approvals.some(({ byId }) => byId !== savedById)) return [];
  const message = `the project publishes rules under four eyes: another person than ${savedBy} has to approve this draft`;
  return [{ pointer: '', code: NEEDS_APPROVAL, message }];
}

/** What still keeps the draft from being published; empty when nothing does. */
export const draftProblems = (draft: DraftCase): readonly RuleProblem[] => [
  ...testProblems(draft.draft),
  ...outdatedProblems(draft, 'save the draft again'),
  ...unapproved(draft),
];

/** Those that stay while the draft stays as it is: it cannot even be scheduled. An approval may still come. */
export const lastingProblems = (problems: readonly RuleProblem[]): readonly RuleProblem[] =>
  problems.filter(({ code }) => code !== NEEDS_APPROVAL);

/** Why a person's approval does not count: the draft is no longer what was read, or it is the person's own. */
export function approvalRefusal(
  draft: Pick<DraftCase, 'hash' | 'savedById'>,
  approved: { readonly hash: string; readonly byId: string },
): 'changed' | 'own' | undefined {
  if (draft.hash !== approved.hash) return 'changed';
  return draft.savedById === approved.byId ? 'own' : undefined;
}

/** Why a draft cannot be published at its time, in words; undefined when it can. `scheduledHash`: of the draft that was scheduled. */
export function scheduleFailure(draft: DraftCase, scheduledHash: string): string | undefined {
  if (draft.hash !== scheduledHash)
    return `${draft.savedBy} changed the draft after it was scheduled: schedule it again as it is now`;
  const problems = draftProblems(draft);
  return problems.length === 0 ? undefined : problems.map(({ message }) => message).join('; ');
}
