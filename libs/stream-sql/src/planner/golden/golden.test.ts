import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainPlan } from '../explain/explain-plan.ts';
import { planScript } from '../plan-script.ts';
import { nexmarkScript } from '../testing/nexmark.ts';
import { TABLES, TABLES_LINES } from '../testing/tables.ts';

/**
 * Each file beside this one has cases: `== a promise`, SQL, `----`, and what the planner makes of it: the plan as EXPLAIN prints it, rows, or the refusals with
 * their places. `nexmark.txt` has names of Nexmark's queries instead of SQL. With PLANNER_GOLDEN=write the answers are written down anew, to be read before they are committed.
 */
interface Case {
  readonly title: string;
  readonly sql: string;
  readonly expected: string;
}

function casesOf(text: string): readonly Case[] {
  return text
    .split(/^== /m)
    .slice(1)
    .map((block) => {
      const [head = '', expected = ''] = block.split(/^----\n/m);
      const [title = '', ...sql] = head.split('\n');
      return { title, sql: sql.join('\n').trim(), expected: expected.trim() };
    });
}

function answer(file: string, sql: string): string {
  const planned =
    file === 'nexmark.txt'
      ? planScript(nexmarkScript(sql), { project: null })
      : planScript(`${TABLES}${sql}`, { project: 'demo' });
  if (planned.kind === 'refused')
    return planned.problems
      .map(({ line, column, endLine, endColumn, message, hint }) => {
        const end = endLine === line ? endColumn : `${endLine - TABLES_LINES}:${endColumn}`;
        return `! ${line - TABLES_LINES}:${column}-${end} ${message} -> ${hint ?? ''}`;
      })
      .join('\n');
  const own = planned.results.flatMap((result) => {
    if (result.kind === 'preview') return [explainPlan(result.plan)];
    if (result.kind === 'explained') return [result.text];
    if (result.kind !== 'rows') return [];
    return [[result.columns, ...result.rows].map((row) => row.map((each) => each ?? '-').join(' | ')).join('\n')];
  });
  return [...own, ...(planned.plan === null ? [] : [explainPlan(planned.plan)])].join('\n');
}

const folder = import.meta.dirname;
for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
  const cases = casesOf(readFileSync(join(folder, file), 'utf8'));
  if (process.env['PLANNER_GOLDEN'] === 'write') {
    const written = cases.map(({ title, sql }) => `== ${title}\n${sql}\n----\n${answer(file, sql)}\n`);
    writeFileSync(join(folder, file), written.join('\n'));
  }
  describe(file.replace('.txt', ''), () => {
    test.each(cases)('$title', ({ sql, expected }) => expect(answer(file, sql)).toBe(expected));
  });
}
