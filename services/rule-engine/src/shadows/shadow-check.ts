import type { RuleDraft } from '@hermes/contracts/rule';
import type { Bilingual } from '@hermes/contracts/event-type';
import type { Finding } from '@hermes/rules/finding';
import { both } from '@hermes/rules/words';
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

const of = (code: string, text: Bilingual, pointer = ''): readonly Finding[] => [{ pointer, code, text }];

const NOT_IN_FORCE = both(
  'no version of the rule is in force: publish the draft with "shadow": true instead',
  '该规则没有生效版本：请改为以 "shadow": true 发布草稿',
);
const HIDDEN = both(
  'leave it out: a candidate is in the shadow anyway, and has to do something once it is promoted',
  '请去掉此项：候选版本本来就在影子中运行，转正之后则必须真正生效',
);
const NOTHING_NEW = both(
  'the draft says what the version in force says: there would be nothing to compare',
  '草稿与生效版本内容相同：没有可比较的内容',
);
const BEGIN_AGAIN = both('save a draft on top of it, and begin again', '在其之上保存草稿并重新开始');

/** What keeps a draft from running in the shadow of the version in force; empty when nothing does. Nothing is done in the shadow, so nobody has to approve of it. */
export function startProblems({ draft, inForce }: ShadowStart): readonly Finding[] {
  if (inForce === undefined) return of('not-in-force', NOT_IN_FORCE);
  const hidden = draft.draft.shadow === true ? of('shadow-draft', HIDDEN, '/shadow') : [];
  const same = sameDraft(inForce, draft.draft) ? of('nothing-new', NOTHING_NEW) : [];
  return [...testProblems(draft.draft), ...hidden, ...outdatedProblems(draft), ...same];
}

/** What keeps a candidate from being promoted; empty when nothing does. */
export function promotionProblems(candidate: Candidate): readonly Finding[] {
  const { draft, fourEyes, approvals, editedBy, editedById } = candidate;
  const isApproved = !fourEyes || approvals.some(({ byId }) => byId !== editedById);
  const needed = both(
    `the project publishes rules under four eyes: another person than ${editedBy} has to approve this version`,
    `本项目发布规则须经他人复核：请由 ${editedBy} 以外的人批准此版本`,
  );
  return [
    ...testProblems(draft),
    ...outdatedProblems(candidate, BEGIN_AGAIN),
    ...(isApproved ? [] : of('needs-approval', needed)),
  ];
}
