import type { Dispatcher } from 'undici';
import type { Ending } from './ending.ts';

type IncomingHttpHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * One request and its whole answer as text. By undici's `dispatch` and not its `request`: the stream that the latter makes of a body of a few
 * kilobytes costs a fifth of a read, and outlives young collections.
 *
 * @throws what undici tells of a broken exchange; an Error at the end
 */
export function exchange(dispatcher: Dispatcher, options: Dispatcher.DispatchOptions, ending: Ending): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const answering = new Answering(resolve, reject, ending);
    ending.listen(() => answering.abort());
    if (!ending.hasEnded) dispatcher.dispatch(options, answering);
  });
}

class Answering implements Dispatcher.DispatchHandler {
  private readonly resolve: (answer: Answer) => void;
  private readonly reject: (error: unknown) => void;
  private readonly ending: Ending;
  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private headers: IncomingHttpHeaders = {};
  private first: Buffer | undefined;
  private more: Buffer[] | undefined;

  constructor(resolve: (answer: Answer) => void, reject: (error: unknown) => void, ending: Ending) {
    this.resolve = resolve;
    this.reject = reject;
    this.ending = ending;
  }

  abort(): void {
    const reason = new Error('the call was ended');
    this.controller?.abort(reason);
    this.reject(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // It waited for a connection until now.
    if (this.ending.hasEnded) this.abort();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.status = status;
    this.headers = headers;
    // What was informed before (1xx), or a part of an attempt that was sent anew, is not the answer.
    this.first = this.more = undefined;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.first === undefined) this.first = chunk;
    else (this.more ??= [this.first]).push(chunk);
  }

  onResponseEnd(): void {
    this.ending.listen(undefined);
    const bytes = this.more === undefined ? this.first : Buffer.concat(this.more);
    this.resolve({ status: this.status, headers: this.headers, text: bytes?.toString() ?? '' });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.ending.listen(undefined);
    this.reject(error);
  }
}
