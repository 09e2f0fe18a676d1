import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's own messages into the service's structured log. */
export function nestLogger(logger: Logger): LoggerService {
  const context = (rest: readonly unknown[]): object => ({ context: rest.at(-1) });
  return {
    log: (message: unknown, ...rest: unknown[]) => logger.debug(context(rest), String(message)),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(context(rest), String(message)),
    error: (message: unknown, ...rest: unknown[]) =>
      logger.error({ ...context(rest), err: message instanceof Error ? message : rest[0] }, String(message)),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal(context(rest), String(message)),
    debug: (message: unknown, ...rest: unknown[]) => logger.trace(context(rest), String(message)),
    verbose: (message: unknown, ...rest: unknown[]) => logger.trace(context(rest), String(message)),
  };
}
