import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';

const POLL_MS = 100;

/** Up to where a topic must have landed. */
export interface LandingTarget {
  readonly topic: string;
  /** All partitions without it. */
  readonly partition?: number | undefined;
  /** Exclusive; the partition's end as of the question without it. */
  readonly untilOffset?: number | undefined;
}

export interface LandingQuestion {
  /** Of the landing (`landTopic`). */
  readonly groupId: string;
  readonly targets: readonly LandingTarget[];
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/**
 * Whether every record before the targets has landed, in whichever process, waiting for it for up to `withinMs`: a landing commits its
 * group's offsets after the insert. Partitions that are empty, or whose records retention has taken, have nothing that could still land.
 *
 * @throws KafkaError, and what `signal` aborts with
 */
export async function hasLanded(kafka: KafkaDriver, question: LandingQuestion): Promise<boolean> {
  const endMs = performance.now() + question.withinMs;
  const admin = await kafka.admin();
  try {
    let waiting = await Promise.all(
      question.targets.map(async ({ topic, partition, untilOffset }) => {
        const missing = new Map<number, number>();
        for (const [number, { earliest, latest }] of await admin.offsets(topic)) {
          if (partition !== undefined && partition !== number) continue;
          const until = untilOffset ?? latest;
          if (until > earliest) missing.set(number, until);
        }
        return { topic, missing };
      }),
    );
    for (;;) {
      for (const { topic, missing } of waiting) {
        const committed = await admin.committed(question.groupId, topic);
        for (const [number, until] of missing) if ((committed.get(number) ?? 0) >= until) missing.delete(number);
      }
      waiting = waiting.filter(({ missing }) => missing.size > 0);
      if (waiting.length === 0) return true;
      if (performance.now() + POLL_MS > endMs) return false;
      await sleep(POLL_MS, undefined, { signal: question.signal });
    }
  } finally {
    await admin.close();
  }
}
