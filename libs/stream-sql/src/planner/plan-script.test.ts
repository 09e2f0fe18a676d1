import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamPlan } from './plan.ts';
import { planScript } from './plan-script.ts';
import { NEXMARK, nexmarkScript } from './testing/nexmark.ts';
import { planDefects } from './testing/plan-invariants.ts';
import { TABLES } from './testing/tables.ts';

const folder = join(import.meta.dirname, 'golden');
const scripts = readdirSync(folder)
  .filter((name) => name.endsWith('.txt') && name !== 'nexmark.txt')
  .flatMap((name) => readFileSync(join(folder, name), 'utf8').split(/^== /m).slice(1))
  .map((block) =>
    block
      .split(/^----\n/m)[0]!
      .split('\n')
      .slice(1)
      .join('\n')
      .trim(),
  );

const plansOf = (sql: string): readonly StreamPlan[] => {
  const planned = planScript(sql, { project: null });
  if (planned.kind === 'refused') return [];
  const previews = planned.results.flatMap((result) => (result.kind === 'preview' ? [result.plan] : []));
  return [...previews, ...(planned.plan === null ? [] : [planned.plan])];
};

describe('a plan does not contradict itself', () => {
  test.each(NEXMARK)('Nexmark %s', (name) => {
    const [plan] = plansOf(nexmarkScript(name));
    expect(plan).toBeDefined();
    expect(planDefects(plan!)).toEqual([]);
  });

  test('every plan of the golden files', () => {
    const plans = scripts.flatMap((sql) => plansOf(`${TABLES}${sql}`));
    expect(plans.length).toBeGreaterThan(80);
    expect(plans.flatMap(planDefects)).toEqual([]);
  });

  test('a plan with a place that is not there is found', () => {
    const [plan] = plansOf(`${TABLES}SELECT a FROM t WHERE c > 1`);
    const broken = { ...plan!, nodes: plan!.nodes.map((node, i) => (i === 0 ? { ...node, columns: [] } : node)) };
    expect(planDefects(broken)).not.toEqual([]);
  });
});

describe('what a person writes is refused with a place, never thrown', () => {
  const words = scripts.flatMap((sql) => sql.split(/\s+|(?=[(),;.])|(?<=[(),;.])/)).filter((word) => word !== '');

  test('statements with words left out, put in and changed for others', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...scripts),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom('drop', 'put', 'change'), fc.constantFrom(...words)), {
          minLength: 1,
          maxLength: 4,
        }),
        (sql, edits) => {
          const text = edits.reduce((all, [at, edit, word]) => {
            const parts = all.split(/(\s+|(?=[(),;.])|(?<=[(),;.]))/);
            parts.splice(at % parts.length, edit === 'put' ? 0 : 1, ...(edit === 'drop' ? [] : [` ${word} `]));
            return parts.join('');
          }, sql);
          const planned = planScript(`${TABLES}${text}`, { project: 'demo' });
          if (planned.kind === 'refused') {
            for (const problem of planned.problems) {
              expect(problem.line).toBeGreaterThan(0);
              expect(problem.message).not.toBe('');
            }
          } else {
            const plans = [
              planned.plan,
              ...planned.results.map((each) => (each.kind === 'preview' ? each.plan : null)),
            ];
            expect(plans.flatMap((plan) => (plan === null ? [] : planDefects(plan)))).toEqual([]);
          }
        },
      ),
      { numRuns: 600 },
    );
  }, 60_000);
});
