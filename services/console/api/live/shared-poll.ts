import { Observable, shareReplay, Subject, takeUntil } from 'rxjs';

export interface SharedPollOptions<T> {
  readonly read: () => Promise<T>;
  /** Rest between the end of one reading and the next; a slow reading rests four times as long as it took, if that is longer. */
  readonly everyMs: number;
  readonly onError: (error: unknown) => void;
}

/**
 * What `read` answers, again and again while anybody listens: one reading for all listeners, told only when it differs from
 * the one before. A newcomer gets the last one at once. A failing read is reported and tried again.
 */
function poll<T>({ read, everyMs, onError }: SharedPollOptions<T>): Observable<T> {
  return new Observable<T>((subscriber) => {
    let timer: NodeJS.Timeout | undefined;
    let last: string | undefined;
    const turn = async (): Promise<void> => {
      const started = performance.now();
      try {
        const value = await read();
        const text = JSON.stringify(value);
        if (text !== last && !subscriber.closed) subscriber.next(value);
        last = text;
      } catch (error) {
        onError(error);
      }
      if (!subscriber.closed)
        timer = setTimeout(() => void turn(), Math.max(everyMs, 4 * (performance.now() - started)));
    };
    void turn();
    return () => clearTimeout(timer);
  });
}

/** Polls by key, each running while it has listeners; `close` completes them all. */
export class SharedPolls {
  private readonly running = new Map<string, Observable<unknown>>();
  private readonly closing = new Subject<void>();

  listen<T>(key: string, options: SharedPollOptions<T>): Observable<T> {
    const known = this.running.get(key) as Observable<T> | undefined;
    if (known !== undefined) return known;
    const shared = new Observable<T>((subscriber) => {
      const inner = poll(options).subscribe(subscriber);
      return () => {
        inner.unsubscribe();
        this.running.delete(key);
      };
    }).pipe(shareReplay({ bufferSize: 1, refCount: true }), takeUntil(this.closing));
    this.running.set(key, shared);
    return shared;
  }

  close(): void {
    this.closing.next();
    this.closing.complete();
  }
}
