import type { KafkaRecord } from '../driver.ts';
import type { Address } from '../platformatic/links.ts';
import { errorName } from '../platformatic/wire.ts';
import {
  type AbortedTransaction,
  type FetchedPartition,
  type FetchLimits,
  type FetchTarget,
  type RecordBatch,
  safeOffset,
  WireError,
  type WireFetcher,
} from '../wire.ts';
import { answerOf, type Brokers } from './brokers.ts';
import {
  apiKeys,
  Decoder,
  decodeRecordBatch,
  type KafkajsDecoder,
  type KafkajsRecordBatch,
  requests,
} from './internals.ts';

const READ_COMMITTED = 1;
const LEADER = -1;
/** Where a control record's key says what it ends with: 0 aborts, 1 commits. */
const KIND_AT = 2;

interface FetchAnswer {
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

export class KafkajsFetcher implements WireFetcher {
  readonly #brokers: Brokers;
  readonly #address: (nodeId: number) => Address;

  constructor(brokers: Brokers, address: (nodeId: number) => Address) {
    this.#brokers = brokers;
    this.#address = address;
  }

  async fetch(
    nodeId: number,
    targets: readonly FetchTarget[],
    limits: FetchLimits,
  ): Promise<readonly FetchedPartition[]> {
    const topics = [...Map.groupBy(targets, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition, offset }) => ({
        partition,
        fetchOffset: String(offset),
        maxBytes: limits.maxPartitionBytes,
      })),
    }));
    const broker = await this.#brokers.to(this.#address(nodeId));
    const { request } = broker.lookupRequest(
      apiKeys.Fetch,
      requests.Fetch,
    )({
      replicaId: LEADER,
      isolationLevel: READ_COMMITTED,
      maxWaitTime: limits.maxWaitMs,
      minBytes: limits.minBytes,
      maxBytes: limits.maxBytes,
      topics,
      rackId: '',
    });
    // kafkajs's own decoder drops the borders of batches and throws for the first partition that has an error.
    const response = {
      decode: (raw: unknown) => decodeAnswer(raw as Buffer),
      parse: async (decoded: unknown) => decoded,
    };
    const answer = (await answerOf(broker.connectionPool.send({ request, response }))) as FetchAnswer;
    if (answer.errorCode !== 0) throw new WireError(errorName(answer.errorCode), 'The broker refused a fetch');
    return answer.partitions;
  }

  close(): Promise<void> {
    return this.#brokers.close();
  }
}

/** A Fetch response of version 11. */
async function decodeAnswer(raw: Buffer): Promise<FetchAnswer> {
  const decoder = new Decoder(raw);
  decoder.readInt32(); // throttle time
  const errorCode = decoder.readInt16();
  decoder.readInt32(); // session
  const topics = await decoder.readArrayAsync((ofTopic) => {
    const topic = ofTopic.readString();
    return ofTopic.readArrayAsync((ofPartition) => decodePartition(topic, ofPartition));
  });
  return { errorCode, partitions: topics.flat() };
}

const readOffset = (decoder: KafkajsDecoder): number => safeOffset(BigInt(decoder.readInt64().toString()));

async function decodePartition(topic: string, decoder: KafkajsDecoder): Promise<FetchedPartition> {
  const partition = decoder.readInt32();
  const errorCode = decoder.readInt16();
  readOffset(decoder); // high watermark
  const lastStableOffset = readOffset(decoder);
  readOffset(decoder); // log start
  const aborted = decoder.readArray((one): AbortedTransaction => ({
    producerId: BigInt(one.readInt64().toString()),
    firstOffset: readOffset(one),
  }));
  decoder.readInt32(); // preferred replica
  const length = decoder.readInt32();
  const batches = length > 0 ? await decodeBatches(topic, partition, decoder.readBytes(length)) : [];
  return {
    topic,
    partition,
    error: errorCode === 0 ? undefined : errorName(errorCode),
    lastStableOffset,
    batches,
    aborted,
  };
}

/** First offset (8 bytes) and length (4 bytes) of a batch stand before what the length counts. */
const LENGTH_AT = 8;
const HEAD = 12;

async function decodeBatches(topic: string, partition: number, bytes: Buffer): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = [];
  const decoder = new Decoder(bytes);
  let at = 0;
  // The last batch of an answer may be cut; it comes whole with the next one.
  while (bytes.length - at >= HEAD && bytes.length - at - HEAD >= bytes.readInt32BE(at + LENGTH_AT)) {
    at += HEAD + bytes.readInt32BE(at + LENGTH_AT);
    batches.push(toBatch(topic, partition, await decodeRecordBatch(decoder)));
  }
  return batches;
}

function toBatch(topic: string, partition: number, batch: KafkajsRecordBatch): RecordBatch {
  const firstOffset = safeOffset(BigInt(batch.firstOffset));
  const toRecord = (record: KafkajsRecordBatch['records'][number]): KafkaRecord => ({
    topic,
    partition,
    offset: safeOffset(BigInt(record.offset)),
    key: record.key,
    value: record.value,
    headers: lastOfEach(record.headers),
    timestampMs: Number(record.timestamp),
  });
  return {
    firstOffset,
    lastOffset: firstOffset + batch.lastOffsetDelta,
    producerId: BigInt(batch.producerId),
    transactional: batch.inTransaction,
    control: batch.isControlBatch ? controlKind(batch) : undefined,
    records: batch.isControlBatch ? [] : batch.records.map(toRecord),
  };
}

function controlKind(batch: KafkajsRecordBatch): 'commit' | 'abort' {
  return batch.records[0]?.key?.readInt16BE(KIND_AT) === 0 ? 'abort' : 'commit';
}

function lastOfEach(headers: KafkajsRecordBatch['records'][number]['headers']): Record<string, Buffer | undefined> {
  const last: Record<string, Buffer | undefined> = {};
  for (const [name, value] of Object.entries(headers)) last[name] = Buffer.isBuffer(value) ? value : value?.at(-1);
  return last;
}
