import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { listsTopic } from '@hermes/contracts/topics';
import type { ListLookup } from '@hermes/rules/list-operators';
import type { Logger } from 'pino';
import { type KnownList, type ListRecord, ListsFold } from './lists-fold.ts';

/** Smaller values share memory: each piece of its own costs some hundred bytes. */
const SMALL_BYTES = 1_024;

/** A value that keeps no more memory than it takes: what Kafka hands over is a view of a whole fetch. */
function kept(value: Buffer): Buffer {
  if (value.length < SMALL_BYTES) return Buffer.from(value);
  const own = Buffer.allocUnsafeSlow(value.length);
  value.copy(own);
  return own;
}

interface Followed {
  readonly fold: ListsFold;
  readonly close: () => Promise<void>;
}

/** This process's copies of all projects' named lists. */
export class ListCopies {
  private readonly kafka: KafkaDriver;
  private readonly logger: Pick<Logger, 'error'>;
  private readonly followed = new Map<string, Followed>();

  constructor(kafka: KafkaDriver, logger: Pick<Logger, 'error'>) {
    this.kafka = kafka;
    this.logger = logger;
  }

  /** Follows `<project>.lists`, which exists, and resolves once everything in it now has been read. */
  async follow(project: string): Promise<ListLookup> {
    const fold = new ListsFold();
    const follower = await this.kafka.follow({
      topic: listsTopic(project),
      onRecord: ({ key, value, offset }) => {
        const fault = fold.apply(key?.toString() ?? '', value && kept(value));
        if (fault !== undefined)
          this.logger.error({ project, offset, reason: fault.unreadable }, 'a list cannot be read');
      },
    });
    await follower.caughtUp;
    this.followed.set(project, { fold, close: () => follower.close() });
    return fold.lookup;
  }

  async forget(project: string): Promise<void> {
    const followed = this.followed.get(project);
    this.followed.delete(project);
    await followed?.close();
  }

  /** A list of a project that is followed. */
  lookupOf(project: string): ListLookup {
    return (id) => this.followed.get(project)?.fold.lookup(id);
  }

  /** What these lists are now, as it is taken up in another thread (`listsFrom`). */
  recordsOf(project: string, ids: readonly string[]): readonly ListRecord[] {
    return this.followed.get(project)?.fold.recordsOf(ids) ?? [];
  }

  /** Lists that are there whole, by id; undefined for a project that is not followed yet. */
  known(project: string): ReadonlyMap<string, KnownList> | undefined {
    return this.followed.get(project)?.fold.known();
  }
}

/** Lists as another thread had them. */
export function listsFrom(records: readonly ListRecord[]): ListLookup {
  const fold = new ListsFold();
  for (const { key, value } of records) fold.apply(key, Buffer.from(value.buffer, value.byteOffset, value.length));
  return fold.lookup;
}
