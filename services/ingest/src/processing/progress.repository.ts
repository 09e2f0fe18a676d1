import type { IngestProgress } from '@hermes/contracts/ingest-api';
import { metaKey, stateKey } from '@hermes/stream-runtime/state-keys';
import type { Redis } from 'ioredis';
import { countsKey } from './event-identity.ts';
import { ingestCodec } from './ingest-state.ts';
import { INGEST_JOB } from './project-worker.ts';

/** Reads what the processors have committed, whichever process owns the partitions. */
export class ProgressRepository {
  private readonly redis: Redis;
  constructor(redis: Redis) {
    this.redis = redis;
  }

  /** The offset of a partition is read before its counts: what is processed is then counted too. */
  async read(project: string, partitions: number, source: string): Promise<IngestProgress> {
    const key = countsKey(source);
    const read = await Promise.all(
      Array.from({ length: partitions }, async (_, partition) => {
        const offset = await this.redis.hget(metaKey(INGEST_JOB, project, partition), 'offset');
        const counts = await this.redis.getBuffer(stateKey(INGEST_JOB, project, partition, key));
        return {
          partition,
          offset: Number(offset ?? 0),
          counts: counts === null ? undefined : ingestCodec.decode(counts),
        };
      }),
    );
    const sum = { accepted: 0, duplicates: 0, deadLettered: 0 };
    let erased = 0;
    for (const { counts } of read) {
      if (counts?.kind !== 'counts') continue;
      sum.accepted += counts.accepted;
      sum.duplicates += counts.duplicates;
      sum.deadLettered += counts.deadLettered;
      erased += counts.erased;
    }
    return {
      processed: Object.fromEntries(read.map(({ partition, offset }) => [partition, offset])),
      source: erased === 0 ? sum : { ...sum, erased },
    };
  }
}
