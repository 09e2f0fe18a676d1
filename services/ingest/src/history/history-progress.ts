import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { consumerGroup, eventsTopic } from '@hermes/contracts/topics';
import { HISTORY_JOB } from './landing.ts';

const POLL_MS = 100;

/** Up to where the history must have come. Without a partition: to the end of all of them, as of the question. */
export interface HistoryTarget {
  readonly partition?: number | undefined;
  /** Exclusive; the partition's end as of the question without it. */
  readonly untilOffset?: number | undefined;
}

/** How far the landing has come: its group's offsets, which are committed after the insert. */
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
  async reached(project: string, target: HistoryTarget, withinMs: number, signal: AbortSignal): Promise<boolean> {
    const topic = eventsTopic(project);
    const endMs = performance.now() + withinMs;
    const admin = await this.kafka.admin();
    try {
      const offsets = await admin.offsets(topic);
      const missing = new Map<number, number>();
      for (const [partition, { earliest, latest }] of offsets) {
        if (target.partition !== undefined && target.partition !== partition) continue;
        const until = target.untilOffset ?? latest;
        // Nothing was ever there, or retention has taken it: there is nothing that could still land.
        if (until > earliest) missing.set(partition, until);
      }
      for (;;) {
        const committed = missing.size === 0 ? new Map<number, number>() : await this.committed(admin, project);
        for (const [partition, until] of missing) {
          if ((committed.get(partition) ?? 0) >= until) missing.delete(partition);
        }
        if (missing.size === 0) return true;
        if (performance.now() + POLL_MS > endMs) return false;
        await sleep(POLL_MS, undefined, { signal });
      }
    } finally {
      await admin.close();
    }
  }

  private committed(
    admin: Awaited<ReturnType<KafkaDriver['admin']>>,
    project: string,
  ): Promise<ReadonlyMap<number, number>> {
    return admin.committed(consumerGroup(HISTORY_JOB, project), eventsTopic(project));
  }
}
