import { Queue, Worker, type Job } from 'bullmq';
import { openRedis } from '@hermes/connectors/redis/client';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { NewNotification } from '../alerts/raise.repository.ts';

/** Thrown by the processor: try this notification again after so long. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly inMs: number;
  constructor(inMs: number, reason: string) {
    super(reason);
    this.inMs = inMs;
  }
}

export interface DeliveryQueueOptions {
  readonly redisUrl: string;
  readonly concurrency: number;
  readonly logger: Logger;
  /** Keeps test runs apart on one server. */
  readonly prefix?: string;
  /** Delivers one notification. RetryLater sets the wait; any other error is tried again after `DEFECT_RETRY_MS`. */
  readonly process: (notificationId: string) => Promise<void>;
}

const DEFECT_RETRY_MS = 1_000;
/** How long a job that a dead process held stays held. Longer than the event loop ever stands still, shorter than patience. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;

const ADD_AT_ONCE = 500;

/** The job of a notification: nothing but its id, tried until its verdict, gone when done. */
const jobOf = (notificationId: string) => ({
  name: 'send',
  data: null,
  opts: {
    jobId: notificationId,
    attempts: Number.MAX_SAFE_INTEGER,
    backoff: { type: 'custom' },
    removeOnComplete: true,
    removeOnFail: true,
    stackTraceLimit: 0,
  },
});

/** The queue's name in one project: a slow receiver of one project holds up no other. */
const NAME = 'webhooks';

/**
 * The queue of notifications, one a project. PostgreSQL knows what is to be delivered; the queue only says when. So a job is just
 * the notification's id: adding it twice is one job, and losing all of Valkey loses nothing (the sweeper adds again).
 */
export class DeliveryQueue {
  private readonly options: DeliveryQueueOptions;
  private readonly adder: Redis;
  private readonly blocking: Redis;
  private readonly projects = new Map<string, { readonly queue: Queue; readonly worker: Worker }>();

  constructor(options: DeliveryQueueOptions) {
    this.options = options;
    const warn = (error: Error): void => options.logger.warn({ err: error }, 'Valkey does not answer');
    // Adding must not wait for ever: the sweeper does it again.
    this.adder = openRedis(options.redisUrl, { connectionName: 'alerting-add', commandTimeoutMs: 2_000 }, warn);
    this.blocking = openRedis(options.redisUrl, { connectionName: 'alerting-work', blocking: true }, warn);
  }

  /** Starts to deliver a project's notifications. */
  open(project: string): void {
    if (this.projects.has(project)) return;
    const prefix = `{${this.options.prefix ?? 'hermes'}:alerting:${project}}`;
    const queue = new Queue(NAME, { connection: this.adder, prefix, skipMetasUpdate: true });
    const worker = new Worker(NAME, (job: Job) => this.options.process(job.id ?? ''), {
      connection: this.blocking,
      prefix,
      concurrency: this.options.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      // A job is tried until its verdict, however many processes died over it.
      maxStalledCount: 1_000_000,
      runRetryDelay: 500,
      settings: {
        backoffStrategy: (_made, _type, error) => (error instanceof RetryLater ? error.inMs : DEFECT_RETRY_MS),
      },
    });
    queue.on('error', (error) => this.options.logger.warn({ err: error, project }, 'the queue of notifications'));
    worker.on('error', (error) => this.options.logger.warn({ err: error, project }, 'the worker of notifications'));
    worker.on('failed', (_job, error) => {
      if (!(error instanceof RetryLater))
        this.options.logger.warn({ err: error, project }, 'a notification could not be tried');
    });
    this.projects.set(project, { queue, worker });
  }

  openProjects(): readonly string[] {
    return [...this.projects.keys()];
  }

  /** Adds jobs; those that are there already stay as they are. Rejects when Valkey does not answer a chunk within 2 s. */
  async add(notifications: readonly NewNotification[]): Promise<void> {
    const groups = Map.groupBy(notifications, (notification) => notification.project);
    await Promise.all([...groups].map(([project, group]) => this.addTo(project, group)));
  }

  private async addTo(project: string, notifications: readonly NewNotification[]): Promise<void> {
    const queue = this.projects.get(project)?.queue;
    if (queue === undefined) return;
    // After an outage there may be very many: each chunk has its own time limit.
    for (let at = 0; at < notifications.length; at += ADD_AT_ONCE) {
      await queue.addBulk(notifications.slice(at, at + ADD_AT_ONCE).map(({ id }) => jobOf(id)));
    }
  }

  /** Stops delivering a project's notifications; what is under way ends first. */
  async close(project: string): Promise<void> {
    const open = this.projects.get(project);
    this.projects.delete(project);
    await open?.worker.close();
    await open?.queue.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.projects.keys()].map((project) => this.close(project)));
    this.adder.disconnect();
    this.blocking.disconnect();
  }
}
