import type { KafkaDriver, KafkaMessage, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import type { Decision } from '@hermes/contracts/decision';
import { inboxRecord } from '@hermes/contracts/inbox-record';
import { decisionsTopic } from '@hermes/contracts/topics';
import { actionEvents } from '@hermes/rules/action-events';
import type { Logger } from 'pino';
import { decisionMessage } from '../evaluation/decision-message.ts';
import { faultPoint } from './fault-point.ts';
import type { ReleasedRepository } from './released.repository.ts';

const SWEEP_EVERY_MS = 500;
const PAUSE_AFTER_FAILURE_MS = 2_000;
const HOUR_MS = 3_600_000;
const DELIVERY_MS = 10_000;

export interface ReleaseSenderParts {
  readonly kafka: KafkaDriver;
  readonly released: ReleasedRepository;
  /** Ids of those that there are. */
  readonly projects: () => readonly string[];
  readonly keepMonths: number;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
}

/** What a released decision says to Kafka: itself, by which alerting acts, and the events of its actions. */
export function releaseMessages(decision: Decision, nowMs: number): readonly KafkaMessage[] {
  const events = actionEvents(decision, new Date(nowMs).toISOString());
  return [
    { topic: decisionsTopic(decision.project), ...decisionMessage(decision) },
    ...events.map((event) => inboxRecord(event)),
  ];
}

/**
 * Sends what people have let go: at once, and every process looks each 0.5 s for what a crash or an outage left. At least once; whoever reads it tells a repeat
 * by its ids, which do not change.
 */
export class ReleaseSender {
  private readonly parts: ReleaseSenderParts;
  private timers: readonly NodeJS.Timeout[] = [];
  private pausedUntilMs = 0;
  private producer: Promise<KafkaProducer> | undefined;
  private sending: Promise<void> | undefined;
  private again = false;
  private closed = false;

  constructor(parts: ReleaseSenderParts) {
    this.parts = parts;
  }

  /** The tables are there. */
  start(): void {
    this.timers = [setInterval(() => this.sweep(), SWEEP_EVERY_MS), setInterval(() => void this.forget(), HOUR_MS)];
  }

  /** Somebody has let something go. */
  sendSoon(): void {
    if (this.closed) return;
    if (this.sending !== undefined) this.again = true;
    else this.sending = this.sendAll().finally(() => (this.sending = undefined));
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.sending;
    await (await this.producer?.catch(() => undefined))?.close();
  }

  private sweep(): void {
    if (performance.now() >= this.pausedUntilMs) this.sendSoon();
  }

  private async sendAll(): Promise<void> {
    const { released, projects } = this.parts;
    try {
      do this.again = false;
      while (((await released.sendSome(projects(), (some) => this.send(some))) || this.again) && !this.closed);
    } catch (error) {
      this.pausedUntilMs = performance.now() + PAUSE_AFTER_FAILURE_MS;
      this.tell(error, 'released decisions could not be asked for; trying again');
    }
  }

  /** One that cannot be sent holds up no other; all at once, since a transaction is open meanwhile, and a broker that is away is waited for but once. */
  private async send(decisions: readonly Decision[]): Promise<readonly Decision[]> {
    faultPoint('before-release-sent');
    const outcomes = await Promise.all(decisions.map((decision) => this.sendOne(decision)));
    faultPoint('after-release-sent');
    return decisions.filter((_, i) => outcomes[i]);
  }

  private async sendOne(decision: Decision): Promise<boolean> {
    try {
      this.producer ??= this.parts.kafka.producer({ deliveryTimeoutMs: DELIVERY_MS });
      const producer = await this.producer.catch((error: unknown) => this.forgetProducer(error));
      await producer.send(releaseMessages(decision, Date.now()));
      return true;
    } catch (error) {
      const { project, id } = decision;
      this.parts.logger.warn({ err: error, project, decision: id }, 'a released decision could not be sent yet');
      return false;
    }
  }

  private forgetProducer(error: unknown): never {
    this.producer = undefined;
    throw error;
  }

  private async forget(): Promise<void> {
    try {
      await this.parts.released.forget(this.parts.keepMonths);
    } catch (error) {
      this.tell(error, 'old reviews were not deleted; the next hour will try again');
    }
  }

  private tell(error: unknown, what: string): void {
    if (isPostgresAway(error)) this.parts.logger.warn({ err: error }, what);
    else this.parts.logger.error({ err: error }, what);
  }
}
