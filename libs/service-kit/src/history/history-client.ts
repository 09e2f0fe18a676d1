import type { HermesEvent } from '@hermes/contracts/event';
import type { ServiceName } from '@hermes/contracts/identifiers';
import { readEvent } from '@hermes/contracts/read-event';
import { ProblemError, unavailable } from '../problem.ts';
import { serviceToken } from '../service-token.ts';
import { lineBatchesOf } from './lines.ts';

/** Which events of a project, as `GET /v1/projects/:p/events` of ingest takes it. */
export interface HistoryQuery {
  readonly types?: readonly string[] | undefined;
  readonly subject?: string | undefined;
  /** ISO 8601, by the event's time: included, and not included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** ISO 8601, by receipt; included. */
  readonly receivedFrom?: string | undefined;
  /** ISO 8601, by receipt; included. */
  readonly receivedTo?: string | undefined;
  /** Of `<project>.events`. */
  readonly partition?: number | undefined;
  /** Only events that stand before it in the partition. */
  readonly untilOffset?: number | undefined;
  /** Over all types: `subject` by subject, time, source, id, `subject-offset` by subject, each subject's as they stand in its partition; `log` as they stand there, partitions by their clocks. */
  readonly order?: 'type' | 'subject' | 'subject-offset' | 'log' | undefined;
  /** With an order by subject: only subjects after this one. */
  readonly afterSubject?: string | undefined;
  /** Not before everything has landed that stands on the topic now, or before `untilOffset`. */
  readonly complete?: boolean | undefined;
  readonly limit?: number | undefined;
}

/** An event of a partition with its place. */
export interface PlacedEvent {
  readonly offset: number;
  readonly event: HermesEvent;
}

/**
 * Why history could not be read: `behind`: not everything that was asked for has landed in time; `away`: ingest or what it needs does not
 * answer; `broken`: the answer ended in the middle, and what was read is a part; `refused`: asking again does not help.
 */
export type HistoryFault = 'behind' | 'away' | 'broken' | 'refused';

export class HistoryError extends Error {
  override readonly name = 'HistoryError';
  readonly fault: HistoryFault;
  constructor(fault: HistoryFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

type Opened<T> =
  | {
      readonly kind: 'ok';
      /** ISO 8601: what was received before has expired. */
      readonly keptSince: string;
      /** About how many there are, where that was asked for. */
      readonly count: number | undefined;
      /** Read while they come; whoever stops early ends the request. @throws HistoryError `broken` */
      readonly events: AsyncGenerator<T, void, undefined>;
    }
  | { readonly kind: 'failed'; readonly error: HistoryError };
export type OpenedHistory = Opened<HermesEvent>;

/** Events, and from which receipt on they are kept: ISO 8601, known once the first event, or the end, was read; empty before. */
export interface ReadHistory<T> {
  readonly events: AsyncGenerator<T, void, undefined>;
  readonly keptSince: () => string;
}

export interface HistorySetting {
  /** Who asks. */
  readonly service: ServiceName;
  /** Ingest's address. */
  readonly ingestUrl: string;
  /** HERMES_SERVICE_SECRET; without it ingest lets nobody in. */
  readonly serviceSecret: string | undefined;
}

function searchOf(query: HistoryQuery): string {
  const { types, complete, ...rest } = query;
  const search = new URLSearchParams();
  for (const type of types ?? []) search.append('type', type);
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) search.set(name, String(value));
  if (complete === true) search.set('complete', 'true');
  return search.toString();
}

interface ProblemLike {
  readonly code?: unknown;
  readonly detail?: unknown;
}

async function refusalOf(response: Response): Promise<HistoryError> {
  const problem = (await response.json().catch(() => ({}))) as ProblemLike;
  const code = typeof problem.code === 'string' ? problem.code : '';
  const detail = typeof problem.detail === 'string' ? problem.detail : `ingest answered ${response.status}`;
  if (code === 'history-behind') return new HistoryError('behind', detail);
  return new HistoryError(response.status >= 500 || response.status === 429 ? 'away' : 'refused', detail);
}

/** Reads events of the past from ingest: the one home of history. */
export class HistoryClient {
  private readonly setting: HistorySetting;
  constructor(setting: HistorySetting) {
    this.setting = setting;
  }

  /**
   * Asks for events. Resolves when ingest has begun to answer, which with `complete` takes until everything has landed.
   *
   * @param signal - ends the request, also while events are read
   * @throws the signal's reason
   */
  open(project: string, query: HistoryQuery, signal?: AbortSignal): Promise<OpenedHistory> {
    return this.ask(project, searchOf(query), (lines) => lines.map(eventIn), signal);
  }

  private async ask<T>(
    project: string,
    search: string,
    readLines: (lines: readonly Uint8Array[]) => readonly T[],
    signal: AbortSignal | undefined,
  ): Promise<Opened<T>> {
    const { service, ingestUrl, serviceSecret } = this.setting;
    if (serviceSecret === undefined) {
      const message =
        "History cannot be read without 'HERMES_SERVICE_SECRET', which must be the same for all services.";
      return { kind: 'failed', error: new HistoryError('refused', message) };
    }
    const url = new URL(`/v1/projects/${encodeURIComponent(project)}/events?${search}`, ingestUrl);
    const authorization = `Bearer ${await serviceToken(serviceSecret, service)}`;
    const ended = new AbortController();
    const either = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
    let response: Response;
    try {
      response = await fetch(url, { headers: { authorization }, signal: either });
    } catch (cause) {
      signal?.throwIfAborted();
      return { kind: 'failed', error: new HistoryError('away', 'Ingest does not answer.', cause) };
    }
    if (!response.ok || response.body === null) return { kind: 'failed', error: await refusalOf(response) };
    const keptSince = response.headers.get('hermes-kept-since') ?? new Date(0).toISOString();
    const counted = response.headers.get('hermes-events');
    const count = counted === null ? undefined : Number(counted);
    return { kind: 'ok', keptSince, count, events: read(response.body, readLines, signal, ended) };
  }

  /** Events as many at a time as have come, and about how many there are: for who reads a lot of them. As `open` otherwise. */
  openBatches(project: string, query: HistoryQuery, signal?: AbortSignal): Promise<Opened<readonly HermesEvent[]>> {
    const readLines = (lines: readonly Uint8Array[]): readonly (readonly HermesEvent[])[] => [lines.map(eventIn)];
    return this.ask(project, `${searchOf(query)}&counted=true`, readLines, signal);
  }

  /** The same for who reads in one go: asks when the first event is asked for, and throws HistoryError where `open` answers it. */
  events(project: string, query: HistoryQuery, signal?: AbortSignal): ReadHistory<HermesEvent> {
    return inOneGo(() => this.open(project, query, signal));
  }

  /** Events of one partition with their offsets. */
  placedEvents(
    project: string,
    query: HistoryQuery & { readonly partition: number },
    signal?: AbortSignal,
  ): ReadHistory<PlacedEvent> {
    return inOneGo(() =>
      this.ask(project, `${searchOf(query)}&places=true`, (lines) => lines.map(placedEventIn), signal),
    );
  }
}

function inOneGo<T>(open: () => Promise<Opened<T>>): ReadHistory<T> {
  let keptSince = '';
  async function* all(): AsyncGenerator<T, void, undefined> {
    const opened = await open();
    if (opened.kind === 'failed') throw opened.error;
    keptSince = opened.keptSince;
    yield* opened.events;
  }
  return { events: all(), keptSince: () => keptSince };
}

function eventIn(line: Uint8Array): HermesEvent {
  const one = readEvent(line);
  if (one.kind === 'dead') throw new HistoryError('broken', `history holds what is no event: ${one.reason}`);
  return one.event;
}

const PLACE = /^\{"offset":(\d+),"event":/;
/** Longest beginning of a line with a place. */
const PLACE_BYTES = 40;

/** `{"offset": 7, "event": {...}}` as ingest writes it: the event is read from its own bytes. */
function placedEventIn(line: Uint8Array): PlacedEvent {
  const match = PLACE.exec(
    Buffer.from(line.buffer, line.byteOffset, Math.min(PLACE_BYTES, line.length)).toString('latin1'),
  );
  if (match === null) throw new HistoryError('broken', 'history was asked for places, and sent a line without one');
  return { offset: Number(match[1]), event: eventIn(line.subarray(match[0].length, -1)) };
}

async function* read<T>(
  body: ReadableStream<Uint8Array>,
  readLines: (lines: readonly Uint8Array[]) => readonly T[],
  signal: AbortSignal | undefined,
  ended: AbortController,
): AsyncGenerator<T, void, undefined> {
  try {
    for await (const lines of lineBatchesOf(body)) yield* readLines(lines);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof HistoryError) throw cause;
    throw new HistoryError('broken', 'The history ended in the middle; what was read is a part of it.', cause);
  } finally {
    // Who stops early wants no more of it.
    ended.abort();
  }
}

/** What to answer a caller when history could not be read. */
export function historyProblem(error: HistoryError): ProblemError {
  if (error.fault === 'behind') {
    return new ProblemError({
      status: 503,
      code: 'history-behind',
      title: 'The history is behind',
      detail: `${error.message} Try again in a few seconds.`,
      cause: error,
      headers: { 'retry-after': '5' },
    });
  }
  return unavailable('The history', error);
}
