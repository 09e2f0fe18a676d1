import type { SourceHandlers } from './connector.ts';

/** Waits until the run wants a batch. False: the source is being closed (a run that stops leaves `ready` open for ever). */
export async function isWanted({ ready }: Pick<SourceHandlers, 'ready'>, closing: AbortSignal): Promise<boolean> {
  const waiting = ready();
  if (waiting !== undefined && !closing.aborted) {
    const closed = Promise.withResolvers<void>();
    const onAbort = (): void => closed.resolve();
    closing.addEventListener('abort', onAbort);
    await Promise.race([waiting, closed.promise]);
    closing.removeEventListener('abort', onAbort);
  }
  return !closing.aborted;
}
