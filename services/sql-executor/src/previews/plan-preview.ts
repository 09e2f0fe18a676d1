import type { SqlProblem } from '@hermes/contracts/job';
import type { PreviewColumns, PreviewValue, RowChange } from '@hermes/contracts/sql-preview';
import type { StreamPlan } from '@hermes/stream-sql/planner/plan';
import { planScript, type StatementResult } from '@hermes/stream-sql/planner/plan-script';
import { typeName } from '@hermes/stream-sql/values/type-name';
import { tableProblems } from '../jobs/plan-job.ts';
import { shownNodes } from '../jobs/shown-nodes.ts';

export interface ShownRow {
  readonly kind: RowChange;
  readonly row: readonly PreviewValue[];
}

/** The place of the statement that answers, from 1. */
interface At {
  readonly line: number;
  readonly column: number;
}

export type PlannedPreview =
  | { readonly kind: 'refused'; readonly problems: readonly SqlProblem[] }
  /** It is answered by the text alone. */
  | { readonly kind: 'rows'; readonly columns: PreviewColumns; readonly rows: readonly ShownRow[] }
  /** It has to be run. */
  | { readonly kind: 'query'; readonly columns: PreviewColumns; readonly plan: StreamPlan; readonly at: At };

/** What the one statement of a script that answers is to show. Never throws for what a person wrote. */
export function planPreview(sql: string, project: string): PlannedPreview {
  const planned = planScript(sql, { project });
  if (planned.kind === 'refused') return planned;
  const answering = planned.results.filter(({ kind }) => kind !== 'done');
  const [result, second] = answering;
  if (result === undefined)
    return refused({ line: 1, column: 1 }, 'the text has nothing to preview', 'end it with SELECT ... FROM ...');
  if (second !== undefined)
    return refused(second.at, 'a preview shows one statement', 'leave this one out, or preview it by itself');
  switch (result.kind) {
    case 'preview':
      return query('select', result.plan, result.at, project);
    case 'insert':
      return insert(planned.plan, result.at, project);
    default:
      return texts(result);
  }
}

function insert(plan: StreamPlan | null, at: At, project: string): PlannedPreview {
  const sinks = plan?.nodes.filter(({ kind }) => kind === 'sink') ?? [];
  if (plan === null || sinks.length !== 1)
    return refused(at, 'a preview shows one INSERT INTO', 'leave the others out, or preview the SELECT of one');
  return query('insert', plan, at, project);
}

function query(statement: 'select' | 'insert', plan: StreamPlan, at: At, project: string): PlannedPreview {
  const problems = tableProblems(plan, project);
  if (problems.length > 0) return { kind: 'refused', problems };
  const sink = plan.nodes.find(({ kind }) => kind === 'sink')!;
  const key = sink.kind === 'sink' ? (sink.upsertKey ?? sink.uniqueKey) : null;
  return {
    kind: 'query',
    plan,
    at: { line: at.line, column: at.column },
    columns: {
      statement,
      columns: sink.columns.map(({ name, type }) => ({ name, type: typeName(type) })),
      changelog: sink.changelog,
      key: key === null ? null : key.map((column) => sink.columns[column]!.name),
    },
  };
}

function texts(result: Exclude<StatementResult, { kind: 'preview' | 'insert' }>): PlannedPreview {
  const textColumns = (names: readonly string[]): PreviewColumns['columns'] =>
    names.map((name) => ({ name, type: 'STRING' }));
  const shown = (rows: readonly (readonly (string | null)[])[]): readonly ShownRow[] =>
    rows.map((row) => ({ kind: '+I', row }));
  const appends = { changelog: 'append', key: null } as const;
  switch (result.kind) {
    case 'explained':
      return {
        kind: 'rows',
        columns: {
          statement: 'explain',
          columns: textColumns(['result']),
          ...appends,
          nodes: shownNodes(result.graph),
        },
        rows: shown([[result.text]]),
      };
    case 'rows':
      return {
        kind: 'rows',
        columns: { statement: 'rows', columns: textColumns(result.columns), ...appends },
        rows: shown(result.rows),
      };
    case 'done':
      throw new Error('a statement without an answer is none that answers');
  }
}

const refused = ({ line, column }: At, message: string, hint: string): PlannedPreview => ({
  kind: 'refused',
  problems: [{ line, column, message, hint }],
});
