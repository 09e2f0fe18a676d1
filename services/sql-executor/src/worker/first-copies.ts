import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { isRepeat, outboxPlaceOf } from '@hermes/contracts/outbox-place';

/** By partition of the source, the highest sequence seen by outbox origin; who was heard last stands last. */
export type OriginsByPartition = ReadonlyMap<number, ReadonlyMap<string, number>>;

/**
 * An upstream partition has one origin for as long as its state lives, and a project has at most 256 partitions. More origins than this
 * in one partition come from a writer gone wrong; then the one that has been silent longest is forgotten.
 */
const MAX_ORIGINS = 1_024;

/** Tells first copies from what an outbox has sent again. Part of a run's state: it moves with the offsets and is saved with them. */
export class FirstCopies {
  private readonly partitions = new Map<number, Map<string, number>>();
  private readonly maxOrigins: number;

  constructor(maxOrigins = MAX_ORIGINS) {
    this.maxOrigins = maxOrigins;
  }

  /** The records of one partition, in offset order, without repeats; records that no outbox has sent are among them. */
  take<R extends Pick<KafkaRecord, 'headers'>>(partition: number, records: readonly R[]): readonly R[] {
    return records.filter((record) => {
      const place = outboxPlaceOf(record.headers);
      if (place === undefined) return true;
      const sequences = this.sequencesOf(partition);
      const highest = sequences.get(place.origin);
      const repeat = isRepeat(place, highest);
      // A Map keeps the order of insertion: taken out and put in again, the origin is the one heard last.
      sequences.delete(place.origin);
      sequences.set(place.origin, repeat ? highest! : place.sequence);
      if (sequences.size > this.maxOrigins) {
        const [silent] = sequences.keys();
        sequences.delete(silent!);
      }
      return !repeat;
    });
  }

  snapshot(): OriginsByPartition {
    return new Map([...this.partitions].map(([partition, sequences]) => [partition, new Map(sequences)]));
  }

  /** Goes on from a snapshot; before the first records. */
  restore(origins: OriginsByPartition): void {
    for (const [partition, sequences] of origins) this.partitions.set(partition, new Map(sequences));
  }

  private sequencesOf(partition: number): Map<string, number> {
    let sequences = this.partitions.get(partition);
    if (sequences === undefined) this.partitions.set(partition, (sequences = new Map()));
    return sequences;
  }
}
