import { Redis } from 'ioredis';

/**
 * Opens a connection to Redis or Valkey on `url` (redis://[user:password@]host:port[/db]).
 *
 * - It reconnects for ever, after 50 ms first and 1 s at most.
 * - While there is no connection, commands wait in the client's queue, but none waits longer than `commandTimeoutMs`: it then
 *   rejects. A command that was under way when the connection broke rejects at once and is never sent again behind the
 *   caller's back: whether the server ran it is unknown, and only the caller knows whether a repeat is harmless
 *   (a conditional step is).
 * - Blocking commands and subscriptions need a connection of their own, opened with `blocking: true` (no command timeout).
 *   BullMQ wants the same.
 * - With `offlineQueue: false` a command rejects at once while there is no connection: for readers that had better answer
 *   'unavailable' than wait.
 *
 * The caller ends it (`await redis.quit()`, or `redis.disconnect()` when the server may be gone).
 *
 * @param onError told of each failed connection attempt; without it they are dropped (the client tries again anyway)
 */
export function openRedis(
  url: string,
  options: {
    readonly blocking?: boolean;
    readonly commandTimeoutMs?: number;
    readonly connectionName?: string;
    readonly offlineQueue?: boolean;
  } = {},
  onError: (error: Error) => void = () => undefined,
): Redis {
  const settings = {
    connectionName: options.connectionName ?? 'hermes',
    connectTimeout: 5_000,
    noDelay: true,
    keepAlive: 10_000,
    enableOfflineQueue: options.offlineQueue ?? true,
    autoResendUnfulfilledCommands: false,
    // null: a queued command survives reconnections and ends by its own time limit, not by the number of attempts.
    maxRetriesPerRequest: null,
    retryStrategy: (attempt: number) => Math.min(50 * 2 ** Math.min(attempt - 1, 5), 1_000),
    // A replica that answers READONLY after a fail-over: reconnect, so that the next command reaches the new primary.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    ...(options.blocking === true ? {} : { commandTimeout: options.commandTimeoutMs ?? 5_000 }),
  };
  const redis = new Redis(url, settings);
  redis.on('error', onError);
  redis.on('close', () => rejectUnanswered(redis));
  return redis;
}

/** What ioredis keeps of commands whose answers are outstanding. */
interface CommandQueue {
  flushQueue(error: Error, which: { readonly offlineQueue: boolean }): void;
}

/**
 * Without `autoResendUnfulfilledCommands` ioredis (6.0) drops the commands that a broken connection leaves unanswered, and their
 * promises stay open until the command timeout, or for ever where there is none. Its own flush rejects them at once.
 */
function rejectUnanswered(redis: Redis): void {
  const queue = redis as unknown as CommandQueue;
  queue.flushQueue(new Error('The connection to Redis broke before the answer'), { offlineQueue: false });
}
