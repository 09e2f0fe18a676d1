import { setTimeout as sleep } from 'node:timers/promises';
import { ProfileChange } from '@hermes/contracts/profile-change';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { Dispatcher } from 'undici';
import type { TypedValue } from './answers.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { type BareFailure, failedBy, retryAfterMsOf, type Tried } from './outcome.ts';
import { parseJson } from './parse-json.ts';
import type { Target } from './target.ts';
import { brokenBy } from './transport.ts';

/** A change of one of the features, with its value's type. */
export type TypedChange<F> = {
  readonly [id in keyof F & string]: Omit<ProfileChange, 'feature' | 'value'> & {
    readonly feature: id;
    readonly value: TypedValue<F[id]>;
  };
}[keyof F & string];

/** What a stream of changes says. */
export type ChangeItem<F> =
  /** `id`: give it as `lastEventId` to go on after this change, in another process too; undefined when the service gave none. */
  | { readonly kind: 'change'; readonly change: TypedChange<F>; readonly id: string | undefined }
  /** From now on changes are told: what is read now and changed by what comes is never behind. */
  | { readonly kind: 'ready' }
  /** Changes may have been missed: read the profile anew. `reason`: `too-old`, `not-subscribed`, `new-version`. */
  | { readonly kind: 'reset'; readonly reason: string }
  /** The stream is away: changes that happen now come later. It opens again by itself. */
  | { readonly kind: 'interrupted'; readonly failure: BareFailure; readonly retryInMs: number }
  /** An event that is not a change: it is told and passed over. */
  | { readonly kind: 'unreadable'; readonly data: string; readonly id: string | undefined }
  /** The last item: asking again would be answered the same. */
  | { readonly kind: 'ended'; readonly failure: BareFailure };

export interface ChangeStreamOptions {
  readonly target: Target;
  readonly dispatcher: Dispatcher;
  /** After the target's root, with the query. */
  readonly path: string;
  readonly lastEventId?: string | undefined;
  /** For connecting and the head of the answer. */
  readonly attemptTimeoutMs: number;
  /** A stream without a byte for so long is taken for dead and opened anew. */
  readonly silenceMs: number;
  readonly backoff: Backoff;
  /** Ends the stream without a word. */
  readonly signal: AbortSignal;
}

/** Reads changes as they come; opens the stream again after the last one when it breaks. One request at a time. */
export async function* changeStream<F>(options: ChangeStreamOptions): AsyncGenerator<ChangeItem<F>, void, undefined> {
  const { signal } = options;
  const place: Place = { lastEventId: options.lastEventId, retryMs: undefined };
  let failures = 0;
  while (!signal.aborted) {
    const opened = await open(options, place);
    if (signal.aborted) {
      if (opened.kind === 'ok') opened.value.body.on('error', () => undefined).destroy();
      return;
    }
    let failed: Tried<never> & { readonly kind: 'failed' };
    if (opened.kind === 'ok') {
      failures = 0;
      failed = yield* itemsOf<F>(opened.value, place);
    } else {
      failed = opened;
    }
    if (signal.aborted) return;
    if (!failed.again) {
      yield { kind: 'ended', failure: failed.failure };
      return;
    }
    const pauseMs = Math.max(
      backoffMs(options.backoff, ++failures, Math.random()),
      place.retryMs ?? 0,
      failed.retryAfterMs ?? 0,
    );
    yield { kind: 'interrupted', failure: failed.failure, retryInMs: pauseMs };
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Where to go on. */
interface Place {
  lastEventId: string | undefined;
  /** The service's word how long to wait. */
  retryMs: number | undefined;
}

function reasonIn(data: string): string {
  const { reason } = (parseJson(data) ?? {}) as { readonly reason?: unknown };
  return typeof reason === 'string' ? reason : 'unknown';
}

type Failed = Tried<never> & { readonly kind: 'failed' };

async function open(options: ChangeStreamOptions, place: Place): Promise<Tried<Dispatcher.ResponseData>> {
  const { target, dispatcher, path, signal } = options;
  try {
    const response = await dispatcher.request({
      origin: target.origin,
      path: `${target.root}${path}`,
      method: 'GET',
      headers: {
        authorization: await target.authorization(),
        accept: 'text/event-stream',
        ...(place.lastEventId === undefined ? {} : { 'last-event-id': place.lastEventId }),
      },
      headersTimeout: options.attemptTimeoutMs,
      bodyTimeout: options.silenceMs,
      signal,
    });
    if (String(response.headers['content-type']).startsWith('text/event-stream') && response.statusCode === 200) {
      return { kind: 'ok', value: response };
    }
    const retryAfterMs = retryAfterMsOf(response.headers['retry-after'], Date.now());
    const failed = failedBy(response.statusCode, await response.body.text(), retryAfterMs);
    // A stream has no time limit: whatever may pass by itself is waited for.
    return { ...failed, again: failed.failure.kind === 'unavailable' || failed.failure.kind === 'quota' };
  } catch (error) {
    return brokenBy(error);
  }
}

/** Yields what a connection brings and answers with why it ended. */
async function* itemsOf<F>(
  response: Dispatcher.ResponseData,
  place: Place,
): AsyncGenerator<ChangeItem<F>, Failed, undefined> {
  const messages: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (message) => void messages.push(message),
    onRetry: (retryMs) => (place.retryMs = retryMs),
  });
  try {
    response.body.setEncoding('utf8');
    for await (const text of response.body as AsyncIterable<string>) {
      parser.feed(text);
      for (const { id, event, data } of messages.splice(0)) {
        if (id !== undefined) place.lastEventId = id;
        if (event === 'ready') {
          yield { kind: 'ready' };
          continue;
        }
        if (event === 'reset') {
          yield { kind: 'reset', reason: reasonIn(data) };
          continue;
        }
        const change = ProfileChange.safeParse(parseJson(data));
        yield change.success
          ? { kind: 'change', change: change.data as unknown as TypedChange<F>, id }
          : { kind: 'unreadable', data, id };
      }
    }
  } catch (error) {
    return brokenBy(error);
  }
  const detail = 'profile-store ended the stream.';
  return { kind: 'failed', again: true, failure: { kind: 'unavailable', cause: 'connection', detail } };
}
