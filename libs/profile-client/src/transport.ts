import { errors, Pool } from 'undici';
import type { Ending } from './ending.ts';
import { type Answer, exchange } from './exchange.ts';
import { KeptAnswers } from './kept-answers.ts';
import { failedBy, retryAfterMsOf, type Tried, type UnavailableCause } from './outcome.ts';
import { parseJson } from './parse-json.ts';
import type { Target } from './target.ts';

export interface TransportOptions {
  readonly connections: number;
  /** For connecting, for the head of the answer, and between its pieces. */
  readonly attemptTimeoutMs: number;
  /** How many answers are kept for If-None-Match; 0: none. */
  readonly keptAnswers: number;
}

/** One request of the API. */
export interface ApiRequest<T> {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** After the target's root, with the query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer's value; undefined when the answer is not what the contract says. */
  readonly read: (answer: unknown) => T | undefined;
}

/** Sends single attempts over connections that are kept open. */
export class Transport {
  private readonly target: Target;
  private readonly pool: Pool;
  private readonly kept: KeptAnswers;
  private readonly attemptTimeoutMs: number;
  private closed: Promise<void> | undefined;

  constructor(target: Target, { connections, attemptTimeoutMs, keptAnswers }: TransportOptions) {
    this.target = target;
    this.attemptTimeoutMs = attemptTimeoutMs;
    this.pool = new Pool(target.origin, { connections, connect: { timeout: attemptTimeoutMs } });
    this.kept = new KeptAnswers(keptAnswers);
  }

  /** Sends it once. Resolves always, soon after the end. */
  async attempt<T>(request: ApiRequest<T>, ending: Ending): Promise<Tried<T>> {
    const { method, path, body, headers, read } = request;
    const kept = method === 'GET' ? this.kept.get(path) : undefined;
    let answer: Answer;
    try {
      const authorization = this.target.authorization();
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const options = {
        path: `${this.target.root}${path}`,
        method,
        headers: {
          // Waiting where there is nothing to wait for would let a `close` after this call come before it.
          authorization: typeof authorization === 'string' ? authorization : await authorization,
          accept: 'application/json',
          ...json,
          ...(kept === undefined ? {} : { 'if-none-match': kept.etag }),
          ...headers,
        },
        body: body === undefined ? null : JSON.stringify(body),
        headersTimeout: this.attemptTimeoutMs,
        bodyTimeout: this.attemptTimeoutMs,
      };
      answer = await exchange(this.pool, options, ending);
    } catch (error) {
      return brokenBy(error);
    }
    let { status, text } = answer;
    if (status === 304 && kept !== undefined) {
      status = 200;
      text = kept.text;
    }
    if (status < 200 || status > 299) {
      return failedBy(status, text, retryAfterMsOf(answer.headers['retry-after'], Date.now()));
    }
    const value = read(parseJson(text));
    if (value !== undefined) {
      const { etag } = answer.headers;
      if (method === 'GET' && typeof etag === 'string') this.kept.keep(path, { etag, text });
      return { kind: 'ok', value };
    }
    const detail = `The answer to ${method} ${path} is not profile-store's: ${text.slice(0, 200)}`;
    return { kind: 'failed', again: false, failure: { kind: 'unavailable', cause: 'unreadable', status, detail } };
  }

  /** Waits for what is under way; what is asked afterwards is answered with `closed`. */
  async close(): Promise<void> {
    this.closed ??= this.pool.close();
    await this.closed;
  }
}

/** What a request that ended without an answer means. Everything that this client asks for is harmless twice. */
export function brokenBy(error: unknown): Tried<never> & { readonly kind: 'failed' } {
  const closed = error instanceof errors.ClientClosedError || error instanceof errors.ClientDestroyedError;
  const cause: UnavailableCause = closed ? 'closed' : 'connection';
  const words = error instanceof Error ? error.message || error.name : String(error);
  const detail = closed ? 'This client has been closed.' : `profile-store was not reached: ${words}`;
  return { kind: 'failed', again: !closed, failure: { kind: 'unavailable', cause, detail, error } };
}
