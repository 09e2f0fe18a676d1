import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';

export interface ClickHouseOptions {
  /** Longest time for one request; default 30,000. */
  readonly requestTimeoutMs?: number;
  /** Sockets at most; default 8. */
  readonly maxConnections?: number;
  /** Database of unqualified names; default: the path of the URL, else the server's `default`. */
  readonly database?: string;
  /** gzip for answers and inserts. Default: off on this machine's own addresses, on elsewhere. */
  readonly compression?: boolean;
}

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Opens an HTTP client on `url` (http://user:password@host:port[/database]). Nothing connects before the first request. Numbers of
 * 64 bits and more arrive as strings, decimals too: exact, and the caller knows their range.
 *
 * A broken connection rejects the request under way; `retryOnConnectionError` repeats those that are safe to repeat.
 * The caller ends it (`await client.close()`).
 */
export function openClickHouse(url: string, options: ClickHouseOptions = {}): ClickHouseClient {
  const address = new URL(url);
  const username = decodeURIComponent(address.username);
  const password = decodeURIComponent(address.password);
  const database = options.database ?? decodeURIComponent(address.pathname.slice(1));
  const gzip = options.compression ?? !LOCAL_HOSTS.has(address.hostname);
  return createClient({
    url: address.origin,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(database === '' ? {} : { database }),
    application: 'hermes',
    // It would print every failed attempt as text; whoever asked gets the error, and logs it in the service's own way.
    log: { level: ClickHouseLogLevel.OFF },
    request_timeout: options.requestTimeoutMs ?? 30_000,
    max_open_connections: options.maxConnections ?? 8,
    compression: { request: gzip, response: gzip },
    // Below the server's own keep-alive (3 s in older, 10 s in newer ones): the client must be the first to close an idle socket.
    keep_alive: { enabled: true, idle_socket_ttl: 2_000, eagerly_destroy_stale_sockets: true },
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 1,
      output_format_json_quote_decimals: 1,
      date_time_input_format: 'best_effort',
      // An error after the first rows must be an error, not a short answer.
      wait_end_of_query: 1,
    },
  });
}
