import { setTimeout as sleep } from 'node:timers/promises';
import { IngestAnswer, IngestProgress } from '@hermes/contracts/ingest-api';
import { Problem } from '@hermes/contracts/problem';
import { z } from 'zod';
import type { OutgoingEvent } from './outgoing-event.ts';

/** A request that no repeat will cure: a wrong key, a deleted project, a body that is not understood. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface RetryLimits {
  /** After this long without success a call rejects; default: never. */
  readonly giveUpAfterMs?: number;
  readonly signal?: AbortSignal;
  /** Told before each repeat, with what went wrong. */
  readonly onRetry?: (reason: string) => void;
}

/** What the problem document or the status says, for a message. */
export async function refusalOf(response: Response): Promise<RequestRefused> {
  const text = await response.text();
  try {
    const problem = Problem.parse(JSON.parse(text));
    return new RequestRefused(response.status, problem.code, problem.detail);
  } catch {
    return new RequestRefused(response.status, 'unknown', `HTTP ${response.status}: ${text.slice(0, 200)}`);
  }
}

const worthRepeating = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** Repeats a request until it is answered: 0.1 s, 0.2 s ... 3 s in between, or as long as Retry-After says. */
export async function untilAnswered(attempt: () => Promise<Response>, limits: RetryLimits = {}): Promise<Response> {
  const startedMs = performance.now();
  for (let delayMs = 100; ; delayMs = Math.min(2 * delayMs, 3_000)) {
    const outcome = await attempt().catch((error: unknown) => error);
    limits.signal?.throwIfAborted();
    if (outcome instanceof Response && !worthRepeating(outcome.status)) return outcome;
    if (performance.now() - startedMs > (limits.giveUpAfterMs ?? Infinity)) {
      throw outcome instanceof Response ? await refusalOf(outcome) : outcome;
    }
    const retryAfterMs = outcome instanceof Response ? Number(outcome.headers.get('retry-after') ?? 0) * 1_000 : 0;
    limits.onRetry?.(outcome instanceof Response ? `HTTP ${outcome.status}` : reasonOf(outcome));
    if (outcome instanceof Response) await outcome.body?.cancel();
    await sleep(
      Math.max(delayMs, retryAfterMs),
      undefined,
      limits.signal === undefined ? {} : { signal: limits.signal },
    );
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);

/** Ingest's public HTTP API, as any client would use it. */
export class IngestClient {
  private readonly url: string;
  private readonly writeKey: string;

  constructor(url: string, writeKey: string) {
    this.url = url;
    this.writeKey = writeKey;
  }

  /**
   * Sends events and resolves once they were answered item by item. Sending the same events again is harmless.
   *
   * @throws RequestRefused when a repeat helps nothing
   */
  async send(events: readonly OutgoingEvent[], limits: RetryLimits = {}): Promise<IngestAnswer> {
    const body = JSON.stringify(events);
    const response = await untilAnswered(() => this.post(body), limits);
    if (![202, 207, 422].includes(response.status)) throw await refusalOf(response);
    const answer: unknown = await response.json();
    const parsed = IngestAnswer.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new RequestRefused(
      response.status,
      'unknown',
      `Ingest answered something else: ${JSON.stringify(answer).slice(0, 200)}`,
    );
  }

  /** Resolves when ingest knows the key and its project: both take a moment to reach it. */
  async untilKeyWorks(withinMs: number): Promise<void> {
    const startedMs = performance.now();
    for (;;) {
      // An empty list is refused for being empty, but only after the key was accepted.
      const response = await untilAnswered(() => this.post('[]'), { giveUpAfterMs: withinMs });
      if (response.status === 400) return void (await response.body?.cancel());
      if (performance.now() - startedMs > withinMs) throw await refusalOf(response);
      await response.body?.cancel();
      await sleep(100);
    }
  }

  private post(body: string): Promise<Response> {
    return fetch(`${this.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.writeKey}`, 'content-type': 'application/cloudevents-batch+json' },
      body,
      signal: AbortSignal.timeout(60_000),
    });
  }
}

/** How far ingest's processor is, and what became of the events of one source. */
export async function readProgress(
  url: string,
  project: string,
  source: string,
  readKey: string,
): Promise<IngestProgress> {
  const address = `${url}/v1/projects/${project}/ingest-progress?source=${encodeURIComponent(source)}`;
  const response = await untilAnswered(
    () => fetch(address, { headers: { authorization: `Bearer ${readKey}` }, signal: AbortSignal.timeout(10_000) }),
    { giveUpAfterMs: 60_000 },
  );
  if (!response.ok) throw await refusalOf(response);
  return z.parse(IngestProgress, await response.json());
}
