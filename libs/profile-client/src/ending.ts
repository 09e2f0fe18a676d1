/**
 * Tells what a call is doing just now that it has to end. Not an AbortSignal: a thousand calls a second with one each, and its event listener,
 * keep every answer alive until the old generation is collected.
 */
export class Ending {
  private ended = false;
  private listener: (() => void) | undefined;

  get hasEnded(): boolean {
    return this.ended;
  }

  /** Tells whoever listens, once. */
  readonly end = (): void => {
    if (this.ended) return;
    this.ended = true;
    this.listener?.();
    this.listener = undefined;
  };

  /** One listens at a time, and is told at once when it is too late; undefined: nobody. */
  listen(listener: (() => void) | undefined): void {
    if (listener !== undefined && this.ended) return listener();
    this.listener = listener;
  }

  /** Resolves after the time, or at the end if that comes before. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.listen(undefined);
        resolve();
      }, ms);
      this.listen(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
