import { randomUUID } from 'node:crypto';
import type { AttributeValue } from '@hermes/contracts/attributes';
import { Subject } from '@hermes/contracts/identifiers';
import type { Profile } from '@hermes/contracts/profile';
import { Agent } from 'undici';
import { type FeatureTypes, readBatch, readFeatures, readWhole, type TypedProfile } from './answers.ts';
import { RetryBudget } from './backoff.ts';
import { call } from './call.ts';
import { type ChangeItem, changeStream } from './change-stream.ts';
import type { Result } from './outcome.ts';
import { MAX_BATCH, type OneRead, ReadBatches } from './read-batches.ts';
import { type Credential, queryOf, type Target, targetOf } from './target.ts';
import { type ApiRequest, Transport } from './transport.ts';

export interface ProfileClientOptions {
  /** Of profile-store, or of what stands before it. */
  readonly url: string;
  readonly project: string;
  /** A key with `profiles:read` (and `profiles:write`), or a function that gives a token. */
  readonly key: Credential;
  /** Time limit of a call with all its attempts; default 1,000. */
  readonly timeoutMs?: number;
  /** Time limit of one attempt; default: the call's. */
  readonly attemptTimeoutMs?: number;
  /** Attempts after the first; default 2. */
  readonly retries?: number;
  /** Pause after the first failed attempt, doubling up to `maxRetryDelayMs`; defaults 25 and 500. */
  readonly retryDelayMs?: number;
  readonly maxRetryDelayMs?: number;
  /** Connections at most; what is asked beyond waits its turn. Default 32. */
  readonly connections?: number;
  /** Joins single reads for the same features into batches: within so many milliseconds, 0 within a tick. Default: never. */
  readonly batchWithinMs?: number;
  /** Keeps so many answers to single reads, and asks only whether they have changed. Default 0. */
  readonly keptAnswers?: number;
  /** Checks every field of every answer against the contract; default false: only that it is about the subject. */
  readonly checkAnswers?: boolean;
  /** A stream of changes without a byte for so long is opened anew; default 60,000. */
  readonly streamSilenceMs?: number;
  /** Pause before a broken stream is opened again, doubling up to 30 s; default 500. */
  readonly streamRetryDelayMs?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Instead of the client's. */
  readonly timeoutMs?: number;
}

export interface ReadOptions extends CallOptions {
  /** The profile as of this instant instead of now. */
  readonly at?: Date;
}

export interface WriteOptions extends CallOptions {
  /** The same write with the same key counts once. Default: a new one, which covers the attempts of this call only. */
  readonly idempotencyKey?: string;
}

export interface ChangesOptions<F> {
  readonly subject: string;
  readonly features: readonly (keyof F & string)[];
  /** Go on after this one. Default: from now. */
  readonly lastEventId?: string;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
}

/** Lists of features whose query is kept, at most. */
const MAX_QUERIES = 1_000;

/** Reads and writes live profiles of one project over HTTP. Open one per process and keep it: it owns the connections. */
export class ProfileClient {
  private readonly options: ProfileClientOptions;
  private readonly target: Target;
  private readonly transport: Transport;
  private readonly batches: ReadBatches | undefined;
  private readonly streams = new Agent({ connections: null });
  private readonly closing = new AbortController();
  private readonly budget = new RetryBudget();
  private readonly timeoutMs: number;
  private readonly queries = new Map<string, string>();

  /** @throws TypeError when the address, RangeError when a number makes no sense */
  constructor(options: ProfileClientOptions) {
    const { timeoutMs = 1_000, attemptTimeoutMs = timeoutMs, connections = 32, keptAnswers = 0 } = options;
    demand(timeoutMs > 0 && attemptTimeoutMs > 0, 'timeoutMs and attemptTimeoutMs are more than 0');
    demand(Number.isInteger(options.retries ?? 2) && (options.retries ?? 2) >= 0, 'retries is a whole number from 0');
    demand((options.batchWithinMs ?? 0) < timeoutMs, 'batchWithinMs is less than timeoutMs');
    this.options = options;
    this.timeoutMs = timeoutMs;
    this.target = targetOf(options.url, options.project, options.key);
    this.transport = new Transport(this.target, { connections, attemptTimeoutMs, keptAnswers });
    const { batchWithinMs } = options;
    if (batchWithinMs !== undefined) {
      const limit = { timeoutMs: timeoutMs - batchWithinMs };
      this.batches = new ReadBatches(batchWithinMs, (subjects, features) => this.readJoined(subjects, features, limit));
    }
  }

  /** Features of one subject. `F` says which type each feature's value has: `read<{ showings_7d: number }>(...)`. */
  async read<F extends FeatureTypes = Record<string, unknown>>(
    subject: string,
    features: readonly (keyof F & string)[],
    options: ReadOptions = {},
  ): Promise<Result<{ readonly profile: TypedProfile<F> }>> {
    const joined = this.batches !== undefined && options.at === undefined && options.timeoutMs === undefined;
    // A wrong subject would have the whole batch refused: it goes alone, and hears why.
    if (joined && Subject.safeParse(subject).success) {
      const read = await unlessAborted(this.batches!.read(subject, features), options.signal);
      return read as Result<{ readonly profile: TypedProfile<F> }>;
    }
    const query = options.at === undefined ? this.featuresQuery(features) : featuresQuery(features, options.at);
    return await this.send(
      {
        method: 'GET',
        path: `/${encodeURIComponent(subject)}${query}`,
        read: (answer) => boxed(readFeatures<F>(subject, answer, this.options.checkAnswers ?? false)),
      },
      options,
    );
  }

  /** The whole profile of one subject: activity and all features. */
  async readWhole(subject: string, options: ReadOptions = {}): Promise<Result<{ readonly profile: Profile }>> {
    return await this.send(
      {
        method: 'GET',
        path: `/${encodeURIComponent(subject)}${queryOf({ at: options.at?.toISOString() })}`,
        read: (answer) => boxed(readWhole(subject, answer, this.options.checkAnswers ?? false)),
      },
      options,
    );
  }

  /**
   * Features of many subjects, in their order; beyond 1,000 by several requests side by side. All or nothing: when one request fails,
   * its failure is the result.
   */
  async readMany<F extends FeatureTypes = Record<string, unknown>>(
    subjects: readonly string[],
    features: readonly (keyof F & string)[],
    options: CallOptions = {},
  ): Promise<Result<{ readonly profiles: readonly TypedProfile<F>[] }>> {
    const pieces = Array.from({ length: Math.ceil(subjects.length / MAX_BATCH) }, (_, index) =>
      subjects.slice(index * MAX_BATCH, (index + 1) * MAX_BATCH),
    );
    const results = await Promise.all(
      pieces.map((piece) =>
        this.send(
          {
            method: 'POST',
            path: '/batch',
            body: { subjects: piece, features },
            read: (answer) => {
              const profiles = readBatch<F>(piece, answer, this.options.checkAnswers ?? false);
              return profiles && { profiles };
            },
          },
          options,
        ),
      ),
    );
    const profiles: TypedProfile<F>[] = [];
    let attempts = 0;
    for (const result of results) {
      if (result.kind !== 'ok') return result;
      profiles.push(...result.profiles);
      attempts += result.attempts;
    }
    return { kind: 'ok', attempts, profiles };
  }

  /**
   * Writes attributes; null takes one back. `ok` means that the write is kept; reads show it a moment later. `id` is that of the event
   * that it became.
   */
  async writeAttributes(
    subject: string,
    attributes: Readonly<Record<string, AttributeValue>>,
    options: WriteOptions = {},
  ): Promise<Result<{ readonly id: string }>> {
    return await this.send(
      {
        method: 'PUT',
        path: `/${encodeURIComponent(subject)}/attributes`,
        body: { attributes },
        headers: { 'idempotency-key': options.idempotencyKey ?? randomUUID() },
        read: (answer) => {
          const { id } = (answer ?? {}) as { readonly id?: unknown };
          return typeof id === 'string' ? { id } : undefined;
        },
      },
      options,
    );
  }

  /**
   * Changes of a subject's features as they happen. Opens again by itself after the last change that was seen; what happens in between is
   * told as items. Ends by `break`, the signal, `close`, or an item `ended`.
   */
  changes<F extends FeatureTypes = Record<string, unknown>>(
    options: ChangesOptions<F>,
  ): AsyncGenerator<ChangeItem<F>, void, undefined> {
    const { subject, features, lastEventId, signal } = options;
    return changeStream<F>({
      target: this.target,
      dispatcher: this.streams,
      path: `/${encodeURIComponent(subject)}/changes${queryOf({ features: features.join(',') })}`,
      lastEventId,
      attemptTimeoutMs: Math.max(this.options.attemptTimeoutMs ?? 0, 10_000),
      silenceMs: this.options.streamSilenceMs ?? 60_000,
      backoff: { firstMs: this.options.streamRetryDelayMs ?? 500, maxMs: 30_000 },
      signal: signal === undefined ? this.closing.signal : AbortSignal.any([signal, this.closing.signal]),
    });
  }

  /** Ends streams, waits for calls under way, closes the connections. Later calls are answered with `unavailable`, cause `closed`. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all([this.transport.close(), this.streams.destroy()]);
  }

  /** An application asks for the same few lists of features again and again. */
  private featuresQuery(features: readonly string[]): string {
    const list = features.join(',');
    let query = this.queries.get(list);
    if (query === undefined) {
      if (this.queries.size >= MAX_QUERIES) this.queries.clear();
      this.queries.set(list, (query = featuresQuery(features)));
    }
    return query;
  }

  private async readJoined(
    subjects: readonly string[],
    features: readonly string[],
    limit: CallOptions,
  ): Promise<readonly OneRead[]> {
    const result = await this.readMany(subjects, features, limit);
    if (result.kind !== 'ok') return subjects.map(() => result);
    const { kind, attempts } = result;
    return result.profiles.map((profile) => ({ kind, attempts, profile }));
  }

  private async send<T extends object>(request: ApiRequest<T>, { signal, timeoutMs }: CallOptions): Promise<Result<T>> {
    const { retries = 2, retryDelayMs = 25, maxRetryDelayMs = 500 } = this.options;
    return await call((ending) => this.transport.attempt(request, ending), {
      timeoutMs: timeoutMs ?? this.timeoutMs,
      retries,
      backoff: { firstMs: retryDelayMs, maxMs: maxRetryDelayMs },
      budget: this.budget,
      signal,
    });
  }
}

const featuresQuery = (features: readonly string[], at?: Date): string =>
  queryOf({ features: features.join(','), at: at?.toISOString() });

const boxed = <P>(profile: P | undefined): { readonly profile: P } | undefined => profile && { profile };

function demand(holds: boolean, words: string): void {
  if (!holds) throw new RangeError(`ProfileClient: ${words}`);
}

/** One caller may leave a batch that others are still waiting for. */
async function unlessAborted(read: Promise<OneRead>, signal: AbortSignal | undefined): Promise<OneRead> {
  if (signal === undefined) return await read;
  const left: OneRead = { kind: 'aborted', detail: 'The caller ended the call.', attempts: 0 };
  if (signal.aborted) return left;
  const { promise, resolve } = Promise.withResolvers<OneRead>();
  const leave = (): void => resolve(left);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([read, promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
