import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { removeEnded } from './retention.repository.ts';

const HOUR_MS = 3_600_000;

export interface RetentionOptions {
  /** Days after its end for which a row is kept. */
  readonly days: number;
  readonly everyMs?: number;
  /** Rows of one table a transaction. */
  readonly batch?: number;
}

/** Removes what ended long ago: now, and then once an hour, batch after batch until nothing is left. */
export function startRetention(
  deps: { readonly db: Pool; readonly logger: Logger },
  { days, everyMs = HOUR_MS, batch = 500 }: RetentionOptions,
): { close(): Promise<void> } {
  let closed = false;
  let running: Promise<void> | undefined;
  const sweep = async (): Promise<void> => {
    try {
      while (!closed) {
        const removed = await removeEnded(deps.db, days, batch);
        if (Object.values(removed).some((rows) => rows > 0))
          deps.logger.info({ removed, days }, 'old rows were removed');
        if (Object.values(removed).every((rows) => rows < batch)) return;
      }
    } catch (error) {
      deps.logger.warn({ err: error }, 'old rows were not removed; the next hour will try again');
    }
  };
  const run = (): void => {
    running ??= sweep().finally(() => (running = undefined));
  };
  run();
  const timer = setInterval(run, everyMs);
  return {
    async close() {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}
