import type { SqlProblem } from '@hermes/contracts/job';
import type { CreateTable, InsertInto, SetOption } from '../sql/ast.ts';
import { parseScript } from '../sql/parse.ts';
import { SqlRefusal } from '../sql/problem.ts';
import type { JobPlan, JobSettings } from './job-plan.ts';
import { planInsert } from './plan-insert.ts';
import { readSettings } from './settings.ts';
import { createTable, type Table, type TableSettings } from './tables.ts';

export type Planned =
  | { readonly kind: 'ok'; readonly plan: JobPlan }
  | { readonly kind: 'refused'; readonly problems: readonly SqlProblem[] };

/**
 * Reads, checks and plans a job's text: CREATE TABLE and SET statements and one INSERT INTO. Never throws for what a person
 * wrote: everything that is wrong comes back with line and column, in the order of the text.
 */
export function planScript(text: string, tableSettings: TableSettings): Planned {
  const parsed = parseScript(text);
  const problems: SqlProblem[] = [...parsed.problems];
  const attempt = <T>(make: () => T): T | undefined => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof SqlRefusal)) throw error;
      problems.push(error.problem);
      return undefined;
    }
  };
  const of = <K extends 'create-table' | 'set' | 'insert', T>(kind: K): T[] =>
    parsed.statements.filter((statement) => statement.kind === kind) as T[];
  const tables = new Map<string, Table>();
  const failed = new Set<string>();
  for (const node of of<'create-table', CreateTable>('create-table')) {
    const { name, at } = node.name;
    if (tables.has(name) || failed.has(name))
      problems.push({ line: at.line, column: at.column, message: `the table ${name} is declared twice` });
    const table = attempt(() => createTable(node, tableSettings));
    if (table === undefined) failed.add(name);
    else tables.set(name, table);
  }
  const settings: JobSettings | undefined = attempt(() => readSettings(of<'set', SetOption>('set')));
  const [insert, second] = of<'insert', InsertInto>('insert');
  if (second !== undefined)
    problems.push({ ...second.at, message: 'a job has one INSERT INTO', hint: 'make a job for each' });
  let plan: JobPlan | undefined;
  if (insert === undefined) {
    if (problems.length === 0)
      problems.push({
        line: 1,
        column: 1,
        message: 'the text has no INSERT INTO',
        hint: 'a job is CREATE TABLE statements and one INSERT INTO ... SELECT',
      });
  } else {
    // A table that was refused above is not reported once more as missing.
    const named = [
      insert.table.name,
      insert.query.from.kind === 'table' ? insert.query.from.name.name : insert.query.from.table.name,
      ...(insert.query.join === undefined ? [] : [insert.query.join.table.name]),
    ];
    if (parsed.problems.length === 0 && !named.some((name) => failed.has(name))) {
      plan = attempt(() =>
        planInsert(insert, tables, settings ?? { timeZone: 'UTC', idleTimeoutMs: 0, notNullEnforcer: 'ERROR' }),
      );
    }
  }
  if (problems.length > 0 || plan === undefined)
    return { kind: 'refused', problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
  return { kind: 'ok', plan };
}
