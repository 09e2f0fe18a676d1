import { Cluster, Redis } from 'ioredis';

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

/** A client of one server, or of a cluster of them. */
export type RedisOrCluster = Redis | Cluster;

/**
 * Opens Redis or Valkey on `url`, and finds out by itself whether the server is part of a cluster; resolves when it answers, so it
 * waits for a server that is away.
 *
 * - While there is no connection to where a key lives, a command rejects at once; a command that was under way when the connection
 *   broke rejects as well, and is never sent again behind the caller's back.
 * - On a cluster a command follows MOVED and ASK, and waits out TRYAGAIN and CLUSTERDOWN for some seconds: the server has done nothing
 *   then. Keys of one command must have one hash tag.
 *
 * @param options.commandTimeoutMs - default 5,000
 * @param options.signal - gives up waiting for the server
 * @param onError told of each failed connection attempt
 * @throws Error when the server refuses the user or password, or `signal` was aborted
 */
export async function openRedisOrCluster(
  url: string,
  options: {
    readonly commandTimeoutMs?: number;
    readonly connectionName?: string;
    readonly signal?: AbortSignal;
  } = {},
  onError: (error: Error) => void = () => undefined,
): Promise<RedisOrCluster> {
  const { signal, ...connection } = options;
  let refusal: Error | undefined;
  const redis = openRedis(url, { ...connection, offlineQueue: false }, (error) => {
    if (isRefusal(error)) refusal = error;
    onError(error);
  });
  for (;;) {
    try {
      signal?.throwIfAborted();
      if (refusal !== undefined) throw refusal;
      if (redis.status === 'ready') {
        if (!(await redis.info('cluster')).includes('cluster_enabled:1')) return redis;
        break;
      }
    } catch (cause) {
      const refused = isRefusal(cause as Error);
      if (refused || signal?.aborted === true) redis.disconnect();
      if (signal?.aborted === true) throw cause;
      // A server that is away comes back; one that refuses the password does not change its mind.
      if (refused)
        throw new Error(`Redis refuses the user or password of its address: ${(cause as Error).message}`, { cause });
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { host, port, username, password, tls, connectTimeout, noDelay, keepAlive, commandTimeout } = redis.options;
  const { connectionName, autoResendUnfulfilledCommands } = redis.options;
  redis.disconnect();
  const cluster = new Cluster([{ host: host ?? '127.0.0.1', port: port ?? 6379 }], {
    enableOfflineQueue: false,
    // Never: a command that was under way when its connection broke may have been run.
    retryDelayOnFailover: 0,
    // Of 100 ms each, as a rule, in which a slot is being moved or has no master.
    maxRedirections: 40,
    clusterRetryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt - 1, 5), 1_000),
    redisOptions: {
      ...(username === undefined || username === null ? {} : { username }),
      ...(password === undefined || password === null ? {} : { password }),
      ...(tls === undefined ? {} : { tls }),
      ...(commandTimeout === undefined ? {} : { commandTimeout }),
      connectionName,
      connectTimeout,
      noDelay,
      keepAlive,
      autoResendUnfulfilledCommands,
    },
  });
  cluster.on('error', onError);
  cluster.on('node error', onError);
  while (cluster.status !== 'ready') {
    if (signal?.aborted === true) {
      cluster.disconnect();
      throw signal.reason;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // Nodes are connected to when they are first asked, and whoever asks meanwhile would be told that there is no connection.
  await Promise.allSettled(cluster.nodes('master').map((node) => node.ping()));
  return cluster;
}

const isRefusal = (error: Error): boolean => /NOAUTH|WRONGPASS|NOPERM/.test(error.message);

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
