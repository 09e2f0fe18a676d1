import type { SqlProblem } from '@hermes/contracts/job';
import { planScript } from '@hermes/stream-sql/planner/plan-script';
import type { StreamPlan, TablePlan } from '@hermes/stream-sql/planner/plan';
import { canRun, connectorsFor, useProblem } from '../connectors/make-connectors.ts';

export type PlannedJob =
  | { readonly kind: 'ok'; readonly plan: StreamPlan }
  | { readonly kind: 'refused'; readonly problems: readonly SqlProblem[] };

/** The plan of a job's text: its INSERTs. Never throws for what a person wrote. */
export function planJob(sql: string, project: string): PlannedJob {
  const odd = /\0|\p{Surrogate}/u.exec(sql);
  if (odd !== null)
    return refused(
      placeOf(sql, odd.index),
      'this character cannot be kept: U+0000, or half of one of two units',
      "take it out; within a text U&'\\0000' stands for it",
    );
  const planned = planScript(sql, { project });
  if (planned.kind === 'refused') return planned;
  const { plan, results } = planned;
  const query = results.find(({ kind }) => kind === 'preview');
  if (query !== undefined)
    return refused(query.at, 'a job writes its rows into a table', 'put INSERT INTO ... before the SELECT');
  if (plan === null)
    return refused({ line: 1, column: 1 }, 'the text has no INSERT INTO', 'end it with INSERT INTO ... SELECT ...');
  const problems = tableProblems(plan, project);
  return problems.length === 0 ? { kind: 'ok', plan } : { kind: 'refused', problems };
}

function placeOf(sql: string, index: number): { readonly line: number; readonly column: number } {
  const before = sql.slice(0, index).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** Tables that a plan uses as nothing here can. */
export const tableProblems = (plan: StreamPlan, project: string): readonly SqlProblem[] =>
  plan.nodes.flatMap((node): SqlProblem[] => {
    if (node.kind !== 'source' && node.kind !== 'sink' && node.kind !== 'lookup-join') return [];
    const { kind, table } = node;
    if (table === null) return [];
    if (!canRun(kind, table.connector)) return [noConnector(kind, table)];
    const problem = useProblem(node, project);
    return problem === undefined ? [] : [{ ...table.at, ...problem }];
  });

const refused = (
  { line, column }: { readonly line: number; readonly column: number },
  message: string,
  hint: string,
): PlannedJob => ({ kind: 'refused', problems: [{ line, column, message, hint }] });

const USES = { source: 'read', sink: 'written', 'lookup-join': 'looked up' } as const;

const noConnector = (use: keyof typeof USES, { name, connector, at }: TablePlan): SqlProblem => ({
  ...at,
  message: `the table ${name} cannot be ${USES[use]}: jobs have no connector '${connector}' for that yet`,
  hint: `a table that is ${USES[use]} has one of: ${connectorsFor(use).join(', ')}`,
});
