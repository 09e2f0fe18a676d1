import {
  EMPTY_FLEET,
  type FleetState,
  type FleetStep,
  type Transition,
  forgetProject,
  observeBeat,
  tickFleet,
} from '@hermes/alerts/fleet-watch';
import type { Follower, KafkaDriver, KafkaRecord } from '@hermes/connectors/kafka/driver';
import { PLATFORM_PROJECT } from '@hermes/contracts/identifiers';
import { Heartbeat } from '@hermes/contracts/metrics';
import { METRICS_TOPIC } from '@hermes/contracts/topics';
import type { Pool, PoolClient } from 'pg';
import { followUp, type RaiseDependencies } from '../decisions/raise.service.ts';
import { loadFleet, saveFleet, takeWatch } from './watch.repository.ts';

export interface PlatformWatchDependencies extends RaiseDependencies {
  readonly kafka: KafkaDriver;
  /** Default: `hermes.metrics`. */
  readonly topic?: string;
}

const TICK_MS = 1_000;
/** The memory is saved at once when anything changed, and every so often for the last beats' sake. */
const SAVE_EVERY_MS = 10_000;
const FOLLOW_RETRY_MS = 1_000;

/**
 * The platform watching itself: beats in, time in, alerts out. One process of the service holds the watch (an advisory lock of
 * PostgreSQL on a connection of its own); another takes it within a second or two when that one dies, with the memory saved last.
 */
export class PlatformWatch {
  private readonly deps: PlatformWatchDependencies;
  private fleet: FleetState = EMPTY_FLEET;
  /** Not yet written: PostgreSQL was away. */
  private unwritten: Transition[] = [];
  private savedMs = 0;
  private savedNames = '';
  private holder: PoolClient | undefined;
  private follower: Follower | undefined;
  private timer: NodeJS.Timeout | undefined;
  private ticking: Promise<void> | undefined;
  private closed = false;

  constructor(deps: PlatformWatchDependencies) {
    this.deps = deps;
  }

  start(): void {
    void this.follow();
    this.timer = setInterval(() => {
      this.ticking ??= this.tick(Date.now())
        .catch((error: unknown) => this.deps.logger.warn({ err: error }, 'the watch could not write'))
        .finally(() => (this.ticking = undefined));
    }, TICK_MS);
  }

  /** A project was deleted: its jobs' silence is meant. */
  forgetProject(project: string): void {
    this.adopt(forgetProject(this.fleet, project, Date.now()));
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await this.ticking;
    this.holder?.release(true);
    this.holder = undefined;
    await this.follower?.close();
  }

  private async follow(): Promise<void> {
    while (!this.closed && this.follower === undefined) {
      try {
        this.follower = await this.deps.kafka.follow({
          topic: this.deps.topic ?? METRICS_TOPIC,
          from: 'latest',
          maxWaitMs: 1_000,
          onRecord: (record) => this.take(record),
        });
      } catch (error) {
        this.deps.logger.warn({ err: error }, 'heartbeats cannot be read yet');
        await new Promise((resolve) => setTimeout(resolve, FOLLOW_RETRY_MS));
      }
    }
    if (this.closed) await this.follower?.close();
  }

  private take(record: KafkaRecord): void {
    if (this.holder === undefined) return;
    let value: unknown;
    try {
      value = JSON.parse(record.value?.toString() ?? '');
    } catch {
      value = undefined;
    }
    const beat = Heartbeat.safeParse(value);
    if (!beat.success) {
      this.deps.logger.warn({ offset: record.offset }, 'a record of the metrics topic is no heartbeat');
      return;
    }
    this.adopt(observeBeat(this.fleet, beat.data, Date.now()));
  }

  private adopt(step: FleetStep): void {
    this.fleet = step.next;
    this.unwritten.push(...step.transitions);
  }

  private async tick(nowMs: number): Promise<void> {
    if (this.holder === undefined && !(await this.takeOver(this.deps.db))) return;
    this.adopt(tickFleet(this.fleet, nowMs));
    const names = Object.keys(this.fleet.components).sort().join(' ');
    const isDue = nowMs - this.savedMs >= SAVE_EVERY_MS || names !== this.savedNames || this.unwritten.length > 0;
    if (!isDue || this.holder === undefined) return;
    const writing = [...this.unwritten];
    const made = await saveFleet(this.holder, this.fleet, writing);
    this.unwritten = this.unwritten.slice(writing.length);
    this.savedMs = nowMs;
    this.savedNames = names;
    followUp(made, PLATFORM_PROJECT, this.deps);
  }

  /** Becomes the holder when nobody is. */
  private async takeOver(db: Pool): Promise<boolean> {
    const client = await db.connect();
    try {
      if (!(await takeWatch(client))) {
        client.release();
        return false;
      }
      client.on('error', (error) => this.lose(client, error));
      const saved = await loadFleet(client);
      // After a lost connection the memory here is the newer one, unless another process held the watch in between.
      if ((saved.tickedMs ?? 0) > (this.fleet.tickedMs ?? -1)) {
        this.fleet = saved;
        this.unwritten = [];
      }
      this.holder = client;
      return true;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  private lose(client: PoolClient, error: Error): void {
    if (this.holder !== client) return;
    this.deps.logger.warn({ err: error }, 'the watch lost its connection');
    this.holder = undefined;
    client.release(true);
  }
}
