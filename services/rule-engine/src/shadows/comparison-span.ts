import type { Bilingual } from '@hermes/contracts/event-type';
import type { RuleDraft } from '@hermes/contracts/rule';
import { suppressionSeconds } from '@hermes/contracts/rule';
import { memoriesNamed } from '@hermes/rules/memory/memories-named';
import { both } from '@hermes/rules/words';
import type { ShadowRun } from './shadow-run.ts';

const WEEK_MS = 7 * 86_400_000;
/** Partitions take a change of rules up within this time. */
const TAKEN_UP_MS = 1_000;

/** What of a period can be compared: of receipt, ms since the epoch; `toMs` is not included. */
export interface ComparisonSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The part of what is asked for, of the last 7 days where nothing is, in which the candidate was asked beside the version in force: what that decided before or after would look like a difference.
 * Empty (`fromMs` is `toMs`) where there is none.
 */
export function comparedSpan(
  { runningSince, endedAt }: Pick<ShadowRun, 'runningSince' | 'endedAt'>,
  asked: { readonly fromMs: number | undefined; readonly toMs: number | undefined },
  nowMs: number,
): ComparisonSpan {
  const beginMs = runningSince === null ? nowMs : runningSince.getTime() + TAKEN_UP_MS;
  const endMs = endedAt?.getTime() ?? nowMs;
  const toMs = Math.min(asked.toMs ?? endMs, endMs);
  const fromMs = Math.max(asked.fromMs ?? toMs - WEEK_MS, beginMs);
  return { fromMs, toMs: Math.max(fromMs, toMs) };
}

export interface ComparisonNote {
  readonly code: string;
  readonly text: Bilingual;
}

/** What a reader of the figures has to know. */
export function comparisonNotes(
  { draft, runningSince }: Pick<ShadowRun, 'draft' | 'runningSince'>,
  inForce: RuleDraft | undefined,
  { fromMs, toMs }: ComparisonSpan,
  inForceVersions: number,
): readonly ComparisonNote[] {
  const notes: ComparisonNote[] = [];
  const note = (code: string, text: Bilingual): void => void notes.push({ code, text });
  if (runningSince === null)
    note(
      'not-running',
      both('the candidate has not been asked: its features are being filled', '候选版本尚未运行：其特征正在回填'),
    );
  else if (fromMs === toMs)
    note('nothing-compared', both('the candidate did not run in this period', '候选版本在此时段内未运行'));
  const sinceMs = runningSince?.getTime() ?? toMs;
  const periodMs = draft.suppression === undefined ? 0 : suppressionSeconds(draft.suppression) * 1_000;
  if (periodMs > 0 && fromMs < sinceMs + periodMs && fromMs < toMs)
    note(
      'suppression-begins-anew',
      both(
        'in its first period the candidate also fires where the version in force has fired shortly before it began',
        '在第一个抑制期内，对于生效版本在候选版本启动前不久已触发过的对象，候选版本仍会触发',
      ),
    );
  const known = new Set(memoriesNamed(inForce?.conditions ?? { all: [] }).map(({ id }) => id));
  if (memoriesNamed(draft.conditions).some(({ id }) => !known.has(id)))
    note(
      'memory-begins-anew',
      both(
        'what the candidate asks of earlier events begins when it did: it knows nothing of those before',
        '候选版本中涉及历史事件的条件从其启动时开始记忆，之前的事件它并不知道',
      ),
    );
  if (inForceVersions > 1)
    note('several-in-force', both('more than one version was in force in this period', '在此时段内有多个版本先后生效'));
  return notes;
}
