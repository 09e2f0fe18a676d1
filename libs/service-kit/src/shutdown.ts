import type { Logger } from 'pino';

export interface Closer {
  readonly label: string;
  readonly close: () => Promise<void>;
}

const STEP_LIMIT_MS = 5_000;
const TOTAL_LIMIT_MS = 15_000;

/** Closes one after the other, last opened first; one that fails or hangs is logged and does not hold up the rest. */
export async function closeInReverse(closers: readonly Closer[], logger: Logger): Promise<void> {
  for (const { label, close } of closers.toReversed()) {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`took over ${STEP_LIMIT_MS} ms`)), STEP_LIMIT_MS);
    });
    await Promise.race([close(), limit])
      .catch((error: unknown) => logger.warn({ err: error, label }, 'did not close properly'))
      .finally(() => clearTimeout(timer));
  }
}

/** Runs `shutdown` once on SIGTERM or SIGINT, then exits; a defect that nobody caught ends the process with code 1. */
export function onTermination(shutdown: () => Promise<void>, logger: Logger): void {
  let stopping = false;
  const stop = (code: number): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(code || 1), TOTAL_LIMIT_MS).unref();
    shutdown()
      .catch((error: unknown) => logger.error({ err: error }, 'shutdown failed'))
      .finally(() => process.exit(code));
  };
  process.on('SIGTERM', () => stop(0));
  process.on('SIGINT', () => stop(0));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception');
    stop(1);
  });
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    stop(1);
  });
}
