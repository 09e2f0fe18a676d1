import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaError } from './driver.ts';
import { type TopicLayout, type Wire, WireError } from './wire.ts';

/** Errors after which the same request may succeed once the cluster has settled. */
const PASSING = new Set([
  'NETWORK',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'REPLICA_NOT_AVAILABLE',
  'BROKER_NOT_AVAILABLE',
  'REQUEST_TIMED_OUT',
  'NETWORK_EXCEPTION',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'NOT_CONTROLLER',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'KAFKA_STORAGE_ERROR',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
  'PREFERRED_LEADER_NOT_AVAILABLE',
  'UNSTABLE_OFFSET_COMMIT',
  'THROTTLING_QUOTA_EXCEEDED',
]);

export const isPassing = (error: unknown): error is WireError => error instanceof WireError && PASSING.has(error.code);
export const isPassingCode = (code: string): boolean => PASSING.has(code);

/** 20 ms, 40, 80 ... 500 ms: a broker that restarts on one machine is back within seconds. */
export const backOffMs = (failures: number): number => Math.min(20 * 2 ** Math.min(failures - 1, 6), 500);

/** Waits; resolves early when aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch {
    // Aborted: the caller looks at the signal itself.
  }
}

/** Repeats `request` while it fails for a passing reason, `withinMs` at most, then rejects with a KafkaError. */
export async function patiently<T>(request: () => Promise<T>, withinMs = 30_000, signal?: AbortSignal): Promise<T> {
  const startedMs = performance.now();
  for (let failures = 1; ; failures++) {
    try {
      return await request();
    } catch (error) {
      if (signal?.aborted === true) throw new KafkaError('closed', 'The Kafka client was closed', { retriable: false });
      if (!isPassing(error) || performance.now() - startedMs > withinMs) throw asKafkaError(error);
      await pause(backOffMs(failures), signal);
    }
  }
}

/** How long a topic may be unknown before it counts as missing: brokers learn of a new one with a delay. */
const TOPIC_UNKNOWN_MS = 1_000;

/** Layouts of `topics`; rejects with `unknown-topic` when one does not exist. */
export async function layoutsOf(
  wire: Pick<Wire, 'layout'>,
  topics: readonly string[],
  options: { readonly withinMs?: number; readonly signal?: AbortSignal } = {},
): Promise<ReadonlyMap<string, TopicLayout>> {
  const startedMs = performance.now();
  for (let attempts = 1; ; attempts++) {
    const layouts = await patiently(() => wire.layout(topics), options.withinMs, options.signal);
    const missing = topics.filter((topic) => !layouts.has(topic));
    if (missing.length === 0) return layouts;
    if (performance.now() - startedMs > TOPIC_UNKNOWN_MS || options.signal?.aborted === true) {
      throw new KafkaError('unknown-topic', `No such topic: ${missing.join(', ')}`, { retriable: true });
    }
    await pause(backOffMs(attempts), options.signal);
  }
}

/** Any failure as the KafkaError that this library's users see. */
export function asKafkaError(error: unknown): KafkaError {
  if (error instanceof KafkaError) return error;
  const cause = { cause: error };
  if (!(error instanceof WireError)) {
    return new KafkaError('other', error instanceof Error ? error.message : String(error), {
      retriable: false,
      ...cause,
    });
  }
  switch (error.code) {
    case 'NETWORK':
      return new KafkaError('unreachable', `Kafka does not answer: ${error.message}`, { retriable: true, ...cause });
    case 'UNKNOWN_TOPIC_OR_PARTITION':
    case 'UNKNOWN_TOPIC_ID':
      return new KafkaError('unknown-topic', error.message, { retriable: true, ...cause });
    case 'MESSAGE_TOO_LARGE':
    case 'RECORD_LIST_TOO_LARGE':
      return new KafkaError('message-too-large', error.message, { retriable: false, ...cause });
    case 'INVALID_PRODUCER_EPOCH':
    case 'PRODUCER_FENCED':
    case 'ILLEGAL_GENERATION':
    case 'UNKNOWN_MEMBER_ID':
      return new KafkaError('fenced', error.message, { retriable: false, ...cause });
    default:
      return new KafkaError('other', `${error.code}: ${error.message}`, {
        retriable: PASSING.has(error.code),
        ...cause,
      });
  }
}
