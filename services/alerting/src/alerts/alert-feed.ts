import type { Alert } from '@hermes/contracts/alert';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import { Observable, Subject } from 'rxjs';
import { z } from 'zod';
import { alertsById } from './alerts.repository.ts';

const CHANNEL = 'hermes_alerting';
/** PostgreSQL takes at most 8,000 bytes a notice. */
const IDS_PER_NOTICE = 100;
const RECONNECT_MS = 1_000;

const Notice = z.object({ project: z.string(), ids: z.array(z.string()) });

/**
 * New and changed alerts, for open pages: whoever changes one says so with NOTIFY, and every process of the service listens, so it
 * does not matter which of them a page is connected to. When the listening connection breaks, open streams end: the page
 * connects again and reads the list anew, so nothing is missed silently.
 */
export class AlertFeed {
  private readonly db: Pool;
  private readonly logger: Logger;
  private readonly streams = new Map<string, Set<Subject<Alert>>>();
  private listener: PoolClient | undefined;
  private retry: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(db: Pool, logger: Logger) {
    this.db = db;
    this.logger = logger;
  }

  async start(): Promise<void> {
    if (this.closed) return;
    let client: PoolClient | undefined;
    try {
      client = await this.db.connect();
      this.listener = await this.listenOn(client);
    } catch (error) {
      // The pool counts it until it is released: without this, every failed try would take one connection for good.
      client?.release(true);
      if (this.closed) return;
      this.logger.warn({ err: error }, 'the feed of alerts does not listen yet');
      this.retry = setTimeout(() => void this.start(), RECONNECT_MS);
    }
  }

  private async listenOn(client: PoolClient): Promise<PoolClient> {
    client.on('error', (error) => this.lost(client, error));
    client.on('notification', ({ payload }) => void this.deliver(payload));
    await client.query(`LISTEN ${CHANNEL}`);
    if (this.closed) throw new Error('the feed was closed meanwhile');
    return client;
  }

  /** Tells every open page. Best effort: the alert itself is in the database. */
  announce(project: string, ids: readonly string[]): void {
    for (let at = 0; at < ids.length; at += IDS_PER_NOTICE) {
      const notice = JSON.stringify({ project, ids: ids.slice(at, at + IDS_PER_NOTICE) });
      this.db
        .query('SELECT pg_notify($1, $2)', [CHANNEL, notice])
        .catch((error: unknown) => this.logger.warn({ err: error }, 'open pages were not told of an alert'));
    }
  }

  /** Alerts of one project from now on. */
  of(project: string): Observable<Alert> {
    return new Observable<Alert>((subscriber) => {
      const stream = new Subject<Alert>();
      const streams = this.streams.get(project) ?? new Set();
      this.streams.set(project, streams.add(stream));
      const subscription = stream.subscribe(subscriber);
      return () => {
        subscription.unsubscribe();
        streams.delete(stream);
        if (streams.size === 0) this.streams.delete(project);
      };
    });
  }

  /** Ends the open streams, so that the HTTP server can close. */
  endStreams(): void {
    for (const stream of [...this.streams.values()].flatMap((streams) => [...streams])) stream.complete();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    this.endStreams();
    this.listener?.release(true);
    this.listener = undefined;
    await Promise.resolve();
  }

  private lost(client: PoolClient, error: Error): void {
    if (this.listener !== client) return;
    this.logger.warn({ err: error }, 'the feed of alerts lost its connection');
    this.listener = undefined;
    client.release(true);
    this.endStreams();
    this.retry = setTimeout(() => void this.start(), RECONNECT_MS);
  }

  private async deliver(payload: string | undefined): Promise<void> {
    const notice = noticeOf(payload);
    // Whoever may connect to the database may NOTIFY anything.
    if (notice === undefined) return this.logger.warn({ payload }, 'a notice that is none of ours was passed over');
    const streams = this.streams.get(notice.project);
    if (streams === undefined) return;
    try {
      const alerts = await alertsById(this.db, notice.project, notice.ids);
      for (const stream of streams) for (const alert of alerts) stream.next(alert);
    } catch (error) {
      this.logger.warn({ err: error }, 'open pages were not shown an alert');
      this.endStreams();
    }
  }
}

function noticeOf(payload: string | undefined): z.infer<typeof Notice> | undefined {
  try {
    return Notice.safeParse(JSON.parse(payload ?? '')).data;
  } catch {
    return undefined;
  }
}
