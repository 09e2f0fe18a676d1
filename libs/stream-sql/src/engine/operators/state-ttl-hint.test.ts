import { describe, expect, test } from 'vitest';
import type { PlanNode } from '../../planner/plan.ts';
import { aggregate, bigint, columns, int, planOf, settings, source } from '../testing/plans.ts';
import { rowText, run } from '../testing/run-job.ts';

const types = [int, int];
const forever = { ...settings, stateTtlMs: 0 };

describe('a hint STATE_TTL', () => {
  test('keeps groups so long, whatever the settings say', () => {
    const counts: PlanNode = {
      kind: 'group-aggregate',
      stateTtlMs: 100,
      keys: [0],
      aggregates: [aggregate('COUNT', bigint)],
      inputs: [0],
      columns: columns([int, bigint]),
      changelog: 'retract',
      uniqueKey: [0],
    };
    const changes = run({ ...planOf([source(types), counts]), settings: forever }, [
      { rows: [[1, 1]], nowMs: 0 },
      { rows: [[1, 1]], nowMs: 50 },
      { rows: [[1, 1]], nowMs: 200 },
    ]);
    expect(changes).toEqual([
      ['+I', 1, 1],
      ['-U', 1, 1],
      ['+U', 1, 2],
      ['+I', 1, 1],
    ]);
  });

  test('keeps one side of a join so long, and the other for ever', () => {
    const join: PlanNode = {
      kind: 'join',
      type: 'inner',
      stateTtlMs: { left: 100, right: null },
      leftKeys: [0],
      rightKeys: [0],
      condition: null,
      window: null,
      inputs: [0, 1],
      columns: columns([...types, ...types]),
      changelog: 'append',
      uniqueKey: null,
    };
    const changes = run({ ...planOf([source(types), source(types), join]), settings: forever }, [
      { rows: [[1, 10]], source: 0, nowMs: 0 },
      { rows: [[1, 20]], source: 1, nowMs: 50 },
      { rows: [[1, 21]], source: 1, nowMs: 200 },
      { rows: [[1, 11]], source: 0, nowMs: 900 },
    ]);
    expect(changes.map(rowText)).toEqual([
      rowText(['+I', 1, 10, 1, 20]),
      rowText(['+I', 1, 11, 1, 20]),
      rowText(['+I', 1, 11, 1, 21]),
    ]);
  });
});
