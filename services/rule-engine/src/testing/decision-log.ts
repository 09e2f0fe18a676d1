import type { Follower, KafkaDriver } from '@hermes/connectors/kafka/driver';
import { Decision } from '@hermes/contracts/decision';
import { OUTBOX_HEADERS } from '@hermes/contracts/event';
import { decisionsTopic } from '@hermes/contracts/topics';

/** What a reader of `<project>.decisions` sees that drops resends by origin and sequence, as the contract has it. */
export class DecisionLog {
  readonly decisions: Decision[] = [];
  /** When each decision was seen, by id. */
  readonly seenAtMs = new Map<string, number>();
  private readonly highest = new Map<string, number>();
  private follower: Follower | undefined;

  static async open(kafka: KafkaDriver, project: string): Promise<DecisionLog> {
    const log = new DecisionLog();
    log.follower = await kafka.follow({
      topic: decisionsTopic(project),
      onRecord: (record) => {
        // Of each partition by itself: what is decided at a key goes to the partitions of many subjects.
        const origin = `${record.headers[OUTBOX_HEADERS.origin]!.toString()} ${record.partition}`;
        const sequence = Number(record.headers[OUTBOX_HEADERS.sequence]!.toString());
        if (sequence <= (log.highest.get(origin) ?? 0)) return;
        log.highest.set(origin, sequence);
        const decision = Decision.parse(JSON.parse(record.value!.toString()));
        log.decisions.push(decision);
        log.seenAtMs.set(decision.id, Date.now());
      },
    });
    return log;
  }

  ids(): string[] {
    return this.decisions.map((decision) => decision.id).sort();
  }

  async close(): Promise<void> {
    await this.follower?.close();
  }
}
