import type { RuleDraft } from '@hermes/contracts/rule';
import type { Finding } from '@hermes/rules/finding';
import { failedTests } from '@hermes/rules/rule-tests';
import { both } from '@hermes/rules/words';

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
export function testProblems(draft: RuleDraft): readonly Finding[] {
  const failed = failedTests(draft);
  if (draft.tests?.some(({ fires }) => fires) === true) return failed;
  return [...failed, { pointer: '/tests', code: 'no-tests', text: NO_TESTS }];
}

const EXAMPLE = '{"name": "a large one", "event": {"data": {"priceCny": 12000000}}, "fires": true}';
const NO_TESTS = both(
  `a rule is published with at least one test that says on what it fires, for example ${EXAMPLE}`,
  `规则至少要有一个写明何时触发的测试才能发布，例如 ${EXAMPLE}`,
);

const SAVE_AGAIN = both('save the draft again', '重新保存草稿');

/** That another version was published since; `advice`: what to do then. */
export function outdatedProblems(
  { basedOn, newestVersion }: Pick<DraftCase, 'basedOn' | 'newestVersion'>,
  advice = SAVE_AGAIN,
): readonly Finding[] {
  if (basedOn === newestVersion) return [];
  const text = both(
    `version ${newestVersion} was published after the draft was saved: look at what it changes, and ${advice.en}`,
    `草稿保存之后发布了第 ${newestVersion} 版：请查看它改了什么，然后${advice.zh}`,
  );
  return [{ pointer: '', code: 'outdated-draft', text }];
}

function unapproved({ fourEyes, approvals, savedBy, savedById }: DraftCase): readonly Finding[] {
  if (!fourEyes || approvals.some(({ byId }) => byId !== savedById)) return [];
  const text = both(
    `the project publishes rules under four eyes: another person than ${savedBy} has to approve this draft`,
    `本项目发布规则须经他人复核：请由 ${savedBy} 以外的人批准此草稿`,
  );
  return [{ pointer: '', code: NEEDS_APPROVAL, text }];
}

/** What still keeps the draft from being published; empty when nothing does. */
export const draftProblems = (draft: DraftCase): readonly Finding[] => [
  ...testProblems(draft.draft),
  ...outdatedProblems(draft),
  ...unapproved(draft),
];

/** Those that stay while the draft stays as it is: it cannot even be scheduled. An approval may still come. */
export const lastingProblems = (problems: readonly Finding[]): readonly Finding[] =>
  problems.filter(({ code }) => code !== NEEDS_APPROVAL);

/** Why a person's approval does not count: the draft is no longer what was read, or it is the person's own. */
export function approvalRefusal(
  draft: Pick<DraftCase, 'hash' | 'savedById'>,
  approved: { readonly hash: string; readonly byId: string },
): 'changed' | 'own' | undefined {
  if (draft.hash !== approved.hash) return 'changed';
  return draft.savedById === approved.byId ? 'own' : undefined;
}

/** Why a draft cannot be published at its time, in English words, since nobody asks then; undefined when it can. `scheduledHash`: of the draft that was scheduled. */
export function scheduleFailure(draft: DraftCase, scheduledHash: string): string | undefined {
  if (draft.hash !== scheduledHash)
    return `${draft.savedBy} changed the draft after it was scheduled: schedule it again as it is now`;
  const problems = draftProblems(draft);
  return problems.length === 0 ? undefined : problems.map(({ text }) => text.en).join('; ');
}
