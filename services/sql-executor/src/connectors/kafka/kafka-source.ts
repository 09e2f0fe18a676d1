import type { KafkaAdmin, KafkaDriver, PartitionReader, SpanBatch } from '@hermes/connectors/kafka/driver';
import type { RecordSpans } from '@hermes/connectors/kafka/record-spans';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import { neededColumns } from '@hermes/stream-sql/json/needed-columns';
import type { StreamPlan, TablePlan } from '@hermes/stream-sql/planner/plan';
import { FinalFailure } from '../../worker/final-failure.ts';
import type { Position, Source, SourceHandlers } from '../connector.ts';
import { FirstCopiesOfSpans, type OriginSequences } from './first-copies-of-spans.ts';
import { type MetadataColumns, metadataColumns } from './metadata-columns.ts';
import { type RecordDecoder, recordDecoder } from './record-decoder.ts';

/** Records of a batch at most. */
const BATCH_RECORDS = 4_096;
const TURN_ROWS = 256;
/** Of a partition in one request: large enough that a batch of the log (1 MB at most, usually) is seldom cut and sent again. */
const PARTITION_BYTES = 8_000_000;
const RECEIVED_SAMPLES = 4;
const RECEIVED_AT = Buffer.from(EVENT_HEADERS.receivedAt);

/** How requests wait for records; what a checkpoint makes visible may be gathered for a part of its interval. */
export interface KafkaPatience {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  /** Pause after records that were the last ones there, so that what comes meanwhile is read together. */
  readonly gatherMs?: number;
}

interface Split {
  readonly partition: number;
  offset: number;
  /** Where a bounded source ends; undefined: it does not. */
  readonly end: number | undefined;
  readonly firstCopies: FirstCopiesOfSpans;
}

/** Reads a topic's records, without a group: one run has all partitions. Positions are offsets, with the topic's id. */
export class KafkaSource implements Source {
  private readonly kafka: KafkaDriver;
  private readonly shared: Pick<KafkaDriver, 'readSpans'>;
  private readonly table: TablePlan;
  private readonly topic: string;
  private readonly patience: KafkaPatience;
  private readonly reader: RecordDecoder;
  private readonly metadata: MetadataColumns;
  /** Of the table, by the place of a field among the physical columns. */
  private readonly physical: readonly number[];
  private readonly splits = new Map<number, Split>();
  private topicId = '';
  private spans: PartitionReader | undefined;
  private closing = false;
  private sinceTurn = 0;
  /** Rows of two partitions are never made at once: the reader's columns are one. */
  private turn: Promise<void> = Promise.resolve();

  /** @param shared - through which records are fetched, where sources of one topic share it */
  constructor(
    kafka: KafkaDriver,
    plan: StreamPlan,
    node: number,
    patience: KafkaPatience,
    shared: Pick<KafkaDriver, 'readSpans'> = kafka,
  ) {
    const source = plan.nodes[node];
    if (source?.kind !== 'source') throw new Error(`node ${node} of the plan is no source`);
    this.kafka = kafka;
    this.shared = shared;
    this.table = source.table;
    this.topic = this.option('topic') ?? '';
    this.patience = patience;
    const needed = neededColumns(source);
    const { columns } = source.table;
    this.physical = columns.flatMap((column, at) => (column.kind === 'physical' ? [at] : []));
    this.reader = recordDecoder(source, this.physical, BATCH_RECORDS);
    const capacity = this.reader.rowsOfRecord * BATCH_RECORDS;
    this.metadata = metadataColumns(columns, (at) => needed.has(at), this.topic, capacity);
  }

  async open(restored: ReadonlyMap<number, Position> | undefined): Promise<ReadonlyMap<number, Position>> {
    const admin = await this.kafka.admin();
    try {
      const description = await admin.describeTopic(this.topic);
      if (description === undefined) throw new Error(`the topic ${this.topic} does not exist yet`);
      this.topicId = description.topicId;
      const offsets = await admin.offsets(this.topic);
      const begin = await this.placeOf('startup', admin);
      const end = await this.placeOf('bounded', admin);
      for (const [partition, bounds] of offsets) {
        const position = restored === undefined ? undefined : this.positionOf(restored, partition);
        this.splits.set(partition, {
          partition,
          offset: position?.offset ?? begin(partition, bounds) ?? bounds.latest,
          end: position === undefined ? end(partition, bounds) : position.end,
          firstCopies: new FirstCopiesOfSpans(position?.origins),
        });
      }
      return this.positions();
    } finally {
      await admin.close();
    }
  }

  /** Where the table's options let reading begin or end; undefined: it does not end. A time after the last record is the log's end. */
  private async placeOf(which: 'startup' | 'bounded', admin: KafkaAdmin): Promise<Place> {
    const isWhole = which === 'startup' && this.table.connector === 'upsert-kafka';
    switch (isWhole ? 'earliest-offset' : this.option(`scan.${which}.mode`)) {
      case 'earliest-offset':
        return (_, { earliest }) => earliest;
      case 'latest-offset':
        return (_, { latest }) => latest;
      case 'timestamp': {
        const found = await admin.offsetsAt(this.topic, Number(this.option(`scan.${which}.timestamp-millis`)));
        return (partition, { latest }) => found.get(partition) ?? latest;
      }
      default:
        return () => undefined;
    }
  }

  private positionOf(restored: ReadonlyMap<number, Position>, partition: number): KafkaPosition {
    const position = restored.get(partition) as KafkaPosition | undefined;
    if (position === undefined)
      throw new FinalFailure(
        'topic-changed',
        `${this.topic} has a partition ${partition} that the checkpoint does not know`,
      );
    if (position.topicId !== this.topicId)
      throw new FinalFailure(
        'topic-replaced',
        `the topic ${this.topic} was deleted and made anew, so the checkpoint's offsets mean nothing in it. Start a new version to begin with the new topic`,
      );
    return position;
  }

  positions(): ReadonlyMap<number, Position> {
    return new Map(
      [...this.splits.values()].map(({ partition, offset, end, firstCopies }): [number, Position] => [
        partition,
        { topicId: this.topicId, offset, origins: firstCopies.sequences, ...(end === undefined ? {} : { end }) },
      ]),
    );
  }

  start(handlers: SourceHandlers): void {
    this.spans = this.shared.readSpans({
      topic: this.topic,
      patience: { ...this.patience, maxPartitionBytes: PARTITION_BYTES },
      onBatch: (batch) => this.inTurn(() => this.take(batch, handlers)),
      onStopped: ({ partition }, { code, cause }) => {
        if (this.closing) return;
        handlers.onFailed(
          code === 'offset-out-of-range'
            ? {
                code,
                message: `offset ${this.splits.get(partition)?.offset} of partition ${partition} of ${this.topic} is no longer there: retention has passed the job. Start a new version to begin at what is there`,
                final: true,
              }
            : { code: 'source-failed', message: cause instanceof Error ? cause.message : String(cause), final: false },
        );
      },
    });
    for (const split of this.splits.values()) {
      if (split.end !== undefined && split.offset >= split.end) handlers.onEnd(split.partition);
      else this.spans.start(split.partition, split.offset);
    }
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.spans?.close();
    await this.turn;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async take(batch: SpanBatch, handlers: SourceHandlers): Promise<void> {
    const split = this.splits.get(batch.partition);
    if (split === undefined) return;
    for (const [chunk, spans] of batch.records.spans.entries()) {
      const count = countBefore(spans, split.end);
      for (let from = 0; from < count;) {
        await handlers.ready();
        if (this.closing) return;
        const rows = this.takeRows(batch, split, chunk, from, count, handlers);
        from += rows;
        await this.letOthers(rows);
      }
      if (split.end !== undefined && split.offset >= split.end) break;
    }
    if (split.end !== undefined && batch.highWatermark >= split.end && split.offset >= split.end) {
      handlers.onEnd(split.partition);
    }
  }

  /** Checkpoints, timers and answers of lookups get their turn between batches; a few rows of each partition are one batch. */
  private async letOthers(rows: number): Promise<void> {
    this.sinceTurn += rows;
    if (this.sinceTurn < TURN_ROWS) return;
    this.sinceTurn = 0;
    await new Promise(setImmediate);
  }

  /** One batch in one piece: first copies, rows and position belong to one instant. */
  private takeRows(
    { records, partition, highWatermark }: SpanBatch,
    split: Split,
    chunk: number,
    from: number,
    count: number,
    handlers: SourceHandlers,
  ): number {
    const spans = records.spans[chunk]!;
    const to = Math.min(count, from + BATCH_RECORDS);
    const repeats = split.firstCopies.passOverRepeats(records, chunk, from, to);
    const { rows, bad, skipped } = this.reader.read(records, chunk, from, to);
    this.metadata.fill(records, chunk, partition, rows.records, rows.length);
    const columns = this.table.columns.map(() => undefined as (typeof rows.columns)[number]);
    this.physical.forEach((at, field) => (columns[at] = rows.columns[field]));
    for (const [at, column] of this.metadata.columns) columns[at] = column;
    const last = spans.offsets[to - 1]!;
    handlers.onBatch({
      split: partition,
      rows: { ...rows, columns },
      bad: bad.map(({ record, code, reason }) => ({ code, reason, record: records.record(chunk, record) })),
      skipped,
      records: to - from - repeats,
      original: (record) => records.record(chunk, record),
      lag: Math.max(0, highWatermark - last - 1),
      receivedMs: this.received(records, chunk, from, to),
    });
    split.offset = last + 1;
    return to - from;
  }

  private received(records: SpanBatch['records'], chunk: number, from: number, to: number): readonly number[] {
    const found: number[] = [];
    const step = Math.max(1, Math.ceil((to - from) / RECEIVED_SAMPLES));
    for (let i = from; i < to; i += step) {
      const receivedMs = Date.parse(records.header(chunk, i, RECEIVED_AT)?.toString() ?? '');
      if (Number.isFinite(receivedMs)) found.push(receivedMs);
    }
    return found;
  }

  private option(key: string): string | undefined {
    return this.table.options[key];
  }
}

type Place = (partition: number, bounds: { readonly earliest: number; readonly latest: number }) => number | undefined;

interface KafkaPosition {
  readonly topicId: string;
  readonly offset: number;
  readonly origins: OriginSequences;
  /** Where a bounded source ends: what was there when the run began, not when its process did. */
  readonly end?: number;
}

/** How many records of a chunk stand before the offset `end`. */
function countBefore({ count, offsets }: RecordSpans, end: number | undefined): number {
  if (end === undefined || offsets[count - 1]! < end) return count;
  let found = count;
  while (found > 0 && offsets[found - 1]! >= end) found--;
  return found;
}
