import type { Follower, KafkaDriver } from '@hermes/connectors/kafka/driver';
import { Decision } from '@hermes/contracts/decision';
import { isRepeat, outboxPlaceOf } from '@hermes/contracts/outbox-place';
import { decisionsTopic } from '@hermes/contracts/topics';

/** What a reader of `<project>.decisions` sees that drops resends by origin and sequence in each partition, as the contract has it. */
export class DecisionLog {
  readonly decisions: Decision[] = [];
  /** Each time that it was sent. */
  readonly released: Decision[] = [];
  /** When each decision was seen, by id. */
  readonly seenAtMs = new Map<string, number>();
  private readonly highest = new Map<string, number>();
  private follower: Follower | undefined;

  static async open(kafka: KafkaDriver, project: string): Promise<DecisionLog> {
    const log = new DecisionLog();
    log.follower = await kafka.follow({
      topic: decisionsTopic(project),
      onRecord: (record) => {
        const decision = Decision.parse(JSON.parse(record.value!.toString()));
        // It comes from no step: a person has let it go.
        if (decision.released !== undefined) return void log.released.push(decision);
        const place = outboxPlaceOf(record.headers)!;
        const origin = `${place.origin} in ${record.partition}`;
        if (isRepeat(place, log.highest.get(origin))) return;
        log.highest.set(origin, place.sequence);
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
