import {
  type Backtest,
  BacktestProgress,
  type BacktestResult,
  type BacktestSample,
  type BacktestSetting,
  type BacktestState,
} from '@hermes/contracts/rule-backtest';

/** Why a run failed: a stable code, and for a defect its message. */
export interface BacktestFailure {
  readonly code: string;
  readonly message: string;
}

export interface BacktestRow {
  readonly id: string;
  readonly rule_id: string | null;
  readonly version: number | null;
  readonly live_version: number | null;
  readonly span_from: string;
  readonly span_to: string;
  readonly state: BacktestState;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly ended_at: Date | null;
  readonly progress: unknown;
  readonly problem: BacktestFailure | null;
}

/** Without the rules that it goes by, which may be long. */
export const BACKTEST_COLUMNS =
  'id, rule_id, version, live_version, span_from, span_to, state, requested_by, requested_at, ended_at, progress, problem';

/** What is kept of a run; its problem is not in words yet. */
export type KeptBacktest = Omit<Backtest, 'problem'> & { readonly problem: BacktestFailure | null };

export const backtestOf = (row: BacktestRow): KeptBacktest => ({
  id: row.id,
  ruleId: row.rule_id,
  candidate: row.version ?? 'draft',
  liveVersion: row.live_version,
  from: row.span_from,
  to: row.span_to,
  state: row.state,
  requestedBy: row.requested_by,
  requestedAt: row.requested_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
  progress: row.progress === null ? null : BacktestProgress.parse(row.progress),
  problem: row.problem,
});

/** What is kept of a result in the run's own row. */
export type KeptResult = Omit<BacktestResult, 'samples' | 'subjects'>;

/** One line of what a result says of subjects. */
export interface SampleRow {
  readonly kind: 'more' | 'fewer' | 'same' | 'subject';
  readonly position: number;
  readonly subject: string;
  /** By which the rule goes; null: the subject. */
  readonly key: string | null;
  readonly at: string;
  readonly sample: unknown;
}

/** A subject's figures are as old as the span: an erasure of any part of it takes them along. */
export function sampleRows(
  { samples, subjects }: BacktestResult,
  { from }: Pick<BacktestSetting, 'from'>,
): SampleRow[] {
  const kinds = ['more', 'fewer', 'same'] as const;
  return [
    ...kinds.flatMap((kind) =>
      (samples[kind] ?? []).map((sample, position) => ({
        kind,
        position,
        subject: sample.subject,
        key: sample.key ?? null,
        at: sample.event.time,
        sample,
      })),
    ),
    ...subjects.map((sample, position) => ({
      kind: 'subject' as const,
      position,
      subject: sample.subject,
      key: null,
      at: from,
      sample,
    })),
  ];
}

/** The result as it was, but for what was erased. */
export function resultOf(kept: KeptResult, rows: readonly Pick<SampleRow, 'kind' | 'sample'>[]): BacktestResult {
  const of = (kind: SampleRow['kind']): unknown[] =>
    rows.filter((row) => row.kind === kind).map(({ sample }) => sample);
  const samples = (kind: 'more' | 'fewer' | 'same'): BacktestSample[] => of(kind) as BacktestSample[];
  return {
    ...kept,
    subjects: of('subject') as BacktestResult['subjects'],
    samples: { more: samples('more'), fewer: samples('fewer'), same: samples('same') },
  };
}
