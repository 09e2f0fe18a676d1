import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { consumerGroup, eventsDeadLetterTopic, eventsTopic } from '@hermes/contracts/topics';
import { hasLanded } from '@hermes/stream-runtime/landing-progress';
import { HISTORY_JOB } from './landing.ts';

/** Up to where the history must have come. Without a partition: to the end of all of them, as of the question. */
export interface HistoryTarget {
  readonly partition?: number | undefined;
  /** Exclusive; the partition's end as of the question without it. */
  readonly untilOffset?: number | undefined;
}

/** How far the landing has come, in whichever process. */
export class HistoryProgress {
  private readonly kafka: KafkaDriver;
  constructor(kafka: KafkaDriver) {
    this.kafka = kafka;
  }

  /**
   * Whether everything of `<project>.events` before the target is in the event log, waiting for it for up to `withinMs`.
   *
   * @throws KafkaError, and what `signal` aborts with
   */
  reached(project: string, target: HistoryTarget, withinMs: number, signal: AbortSignal): Promise<boolean> {
    const { partition, untilOffset } = target;
    return this.ask(project, [{ topic: eventsTopic(project), partition, untilOffset }], withinMs, signal);
  }

  /** Whether everything that is on the topics of events and dead letters now has landed. */
  allLanded(project: string, withinMs: number, signal: AbortSignal): Promise<boolean> {
    const targets = [{ topic: eventsTopic(project) }, { topic: eventsDeadLetterTopic(project) }];
    return this.ask(project, targets, withinMs, signal);
  }

  private ask(
    project: string,
    targets: Parameters<typeof hasLanded>[1]['targets'],
    withinMs: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    return hasLanded(this.kafka, { groupId: consumerGroup(HISTORY_JOB, project), targets, withinMs, signal });
  }
}
