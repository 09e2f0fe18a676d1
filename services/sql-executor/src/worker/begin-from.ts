import { readFile } from 'node:fs/promises';
import type { FunctionLibrary } from '@hermes/stream-sql/engine/function-library';
import { StreamJob } from '@hermes/stream-sql/engine/stream-job';
import type { StreamPlan } from '@hermes/stream-sql/planner/plan';
import { matchState } from '@hermes/stream-sql/planner/state-match/match-state';
import type { Position } from '../connectors/connector.ts';
import type { BeginFrom } from '../runs/messages.ts';
import { doesNotFit } from '../savepoints/does-not-fit.ts';
import { decodeSavepoint, type SavepointFile } from '../savepoints/savepoint-file.ts';
import { FinalFailure } from './final-failure.ts';

/** A savepoint, with where its parts go on in the run's plan. */
export interface Beginning {
  readonly at: string;
  readonly counts: Readonly<Record<string, number>>;
  /** Where a source of the run's plan goes on; undefined: it begins as its table says. */
  positions(node: number): ReadonlyMap<number, Position> | undefined;
  /** Gives the state to a new job of the run's plan. The savepoint's own bytes are let go. */
  restore(job: StreamJob, functions: FunctionLibrary): void;
}

/** Reads what a run without checkpoints begins from. Rejects with FinalFailure when it is gone, cannot be read, or does not fit. */
export async function beginFrom(order: BeginFrom, plan: StreamPlan): Promise<Beginning> {
  const savepoint = await readSavepoint(order);
  const { nodes, unplaced } = matchState(savepoint.plan, plan, savepoint.holding);
  if (unplaced.length > 0 && !order.allowNonRestoredState)
    throw new FinalFailure('savepoint-does-not-fit', doesNotFit(order.id, unplaced));
  return {
    at: savepoint.at,
    counts: savepoint.counts,
    positions(node) {
      const from = nodes.get(node);
      return from === undefined ? undefined : savepoint.positions.get(from);
    },
    restore(job, functions) {
      const before = new StreamJob(savepoint.plan, {
        functions,
        random: Math.random,
        badRows: 'fail',
        sink: () => ({ push: () => undefined }),
      });
      try {
        before.restore([savepoint.state]);
      } catch (error) {
        throw new FinalFailure(
          'state-unreadable',
          `the state of savepoint ${order.id} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      job.takeOver(before, nodes);
    },
  };
}

async function readSavepoint({ id, path }: BeginFrom): Promise<SavepointFile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new FinalFailure(
      'savepoint-gone',
      `the savepoint ${id} was deleted before the run had a checkpoint of its own: start the job from another one, or without`,
    );
  });
  try {
    return decodeSavepoint(bytes);
  } catch (error) {
    throw new FinalFailure(
      'savepoint-unreadable',
      `the savepoint ${id} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
