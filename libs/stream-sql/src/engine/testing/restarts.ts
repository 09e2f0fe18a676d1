import type { StreamPlan } from '../../planner/plan.ts';
import type { Row } from '../../values/data-type.ts';
import type { StreamJobOptions } from '../job-options.ts';
import { rowText, TestRun, type Change, type Step } from './run-job.ts';

/**
 * Runs the steps straight, and again with a checkpoint and sometimes a kill between them, as `kills` says (0: nothing, 1: full checkpoint, 2: changes,
 * 3 and 4: the same followed by a kill and a restore). The changes of both must be the same, and the figures and the size of
 * the state at the end. Answers the changes.
 */
export function sameAfterRestarts(
  plan: StreamPlan,
  steps: readonly Step[],
  kills: readonly number[],
  more: Partial<StreamJobOptions> = {},
): Change[] {
  const straight = new TestRun(plan, more);
  const killed = new TestRun(plan, more);
  let snapshots: Uint8Array[] = [];
  steps.forEach((step, i) => {
    straight.step(step);
    killed.step(step);
    const kill = kills[i % Math.max(1, kills.length)] ?? 0;
    if (kill === 0) return;
    if (kill % 2 === 1 || snapshots.length === 0) snapshots = [killed.job.snapshot('full')];
    else snapshots.push(killed.job.snapshot('changes'));
    // Mini-batches leave with a checkpoint.
    straight.job.snapshot('full');
    if (kill > 2) killed.restart(snapshots);
  });
  straight.end();
  killed.end();
  const told = ({ changes, late }: TestRun): string[] => [
    ...changes.map(rowText).toSorted(),
    ...late.map((row) => `late ${rowText(row as Row)}`),
  ];
  const [after, before] = [told(killed).join('\n'), told(straight).join('\n')];
  if (after !== before) throw new Error(`after a kill the job says\n${after}\nand without it\n${before}`);
  const [left, counted] = [killed, straight].map(({ job }) =>
    JSON.stringify([
      job.snapshot('full').length,
      job.figures().map(({ rowsIn, rowsOut, lateRows }) => [rowsIn, rowsOut, lateRows]),
    ]),
  );
  if (left !== counted) throw new Error(`after a kill state and figures are ${left}, and without it ${counted}`);
  return straight.changes;
}
