import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { DeliveryQueue } from './delivery-queue.ts';
import { takeOverdue } from './notifications.repository.ts';

export interface SweeperOptions {
  readonly everyMs: number;
  /** How long a notification may be overdue before it is added again. */
  readonly lateMs: number;
}

const DEFAULTS: SweeperOptions = { everyMs: 1_000, lateMs: 3_000 };
const AT_ONCE_OF_EACH_PROJECT = 500;

/**
 * Adds overdue notifications to the queue again: a process died between commit and add, or Valkey lost its data. One whose job is
 * still in the queue stays as it is, since a job's id is its notification's.
 */
export function startSweeper(
  deps: { readonly db: Pool; readonly queue: DeliveryQueue; readonly logger: Logger },
  options: SweeperOptions = DEFAULTS,
): { close(): Promise<void> } {
  let running: Promise<void> | undefined;
  const sweep = async (): Promise<void> => {
    try {
      const overdue = await takeOverdue(deps.db, deps.queue.openProjects(), options.lateMs, AT_ONCE_OF_EACH_PROJECT);
      if (overdue.length > 0) await deps.queue.add(overdue);
    } catch (error) {
      deps.logger.warn({ err: error }, 'overdue notifications were not swept');
    }
  };
  const timer = setInterval(() => (running ??= sweep().finally(() => (running = undefined))), options.everyMs);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
