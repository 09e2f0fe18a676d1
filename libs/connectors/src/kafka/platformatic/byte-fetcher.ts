import { fetchV13, Reader } from '@platformatic/kafka';
import {
  type AbortedTransaction,
  type FetchedBytes,
  type FetchedPartition,
  type FetchLimits,
  type FetchTarget,
  safeOffset,
  WireError,
  type WireFetcher,
} from '../wire.ts';
import { AnswerSocket } from './answer-socket.ts';
import { fetchPayload } from './fetch-request.ts';
import { type Address, Links } from './links.ts';
import { errorName } from './wire.ts';

/** Bytes after an answer, so that whoever reads several bytes at once may do so at its very end. */
const SLACK_BYTES = 64;
/** Answers that are read and one that is being read ahead. */
const KEPT_BUFFERS = 4;

/** Fetches whose records stay where the socket has put them: in memory that is used again. */
export class ByteFetcher implements WireFetcher {
  readonly #links: Links<AnswerSocket>;
  readonly #address: (nodeId: number) => Address;
  readonly #free: Buffer[] = [];

  constructor(clientId: string, requestTimeoutMs: number, address: (nodeId: number) => Address) {
    this.#address = address;
    const take = (length: number): Buffer => this.#take(length + SLACK_BYTES);
    this.#links = new Links((at, onBroken) => AnswerSocket.connect(at, { clientId, requestTimeoutMs, take, onBroken }));
  }

  async fetch(
    nodeId: number,
    targets: readonly FetchTarget[],
    limits: FetchLimits,
  ): Promise<readonly FetchedPartition[]> {
    const names = new Map(targets.map((target) => [target.topicId, target.topic]));
    const link = await this.#links.to(this.#address(nodeId));
    const { key, version } = fetchV13.api;
    const { bytes, length } = await link.request(key, version, fetchPayload(targets, limits));
    bytes.fill(0, length, length + SLACK_BYTES);
    const { errorCode, partitions } = this.#read(bytes, length);
    if (errorCode !== 0) throw new WireError(errorName(errorCode), 'The broker refused a fetch');
    return partitions.flatMap(({ topicId, ...partition }) => {
      const topic = names.get(topicId);
      return topic === undefined ? [] : [{ topic, ...partition }];
    });
  }

  close(): Promise<void> {
    this.#free.length = 0;
    return this.#links.close();
  }

  #read(bytes: Buffer, length: number): Answer {
    const reader = Reader.from(bytes.subarray(0, length));
    let users = 1;
    const release = (): void => {
      if (--users === 0) this.#give(bytes);
    };
    // The header: what was asked, and its tagged fields.
    reader.readInt32();
    reader.readTaggedFields();
    reader.readInt32();
    const errorCode = reader.readInt16();
    reader.readInt32();
    const partitions = reader
      .readArray((topic) => {
        const topicId = topic.readUUID();
        const found = topic.readArray((each) => {
          const partition = partitionOf(each, (start, end) => {
            users++;
            let released = false;
            return {
              bytes,
              start,
              end,
              release: () => {
                if (!released) release();
                released = true;
              },
            };
          });
          return { topicId, ...partition };
        });
        return found;
      })
      .flat();
    release();
    return { errorCode, partitions };
  }

  #take(length: number): Buffer {
    const at = this.#free.findIndex((free) => free.length >= length);
    return at < 0 ? Buffer.allocUnsafeSlow(Math.max(length, 65_536)) : this.#free.splice(at, 1)[0]!;
  }

  #give(bytes: Buffer): void {
    this.#free.push(bytes);
    if (this.#free.length > KEPT_BUFFERS) this.#free.shift();
  }
}

type AnsweredPartition = Omit<FetchedPartition, 'topic'>;

interface Answer {
  readonly errorCode: number;
  readonly partitions: readonly (AnsweredPartition & { readonly topicId: string })[];
}

/** One partition of a Fetch response of version 13; the reader's caller takes the tagged fields after it. */
function partitionOf(reader: Reader, piece: (start: number, end: number) => FetchedBytes): AnsweredPartition {
  const partition = reader.readInt32();
  const code = reader.readInt16();
  reader.readInt64();
  const lastStableOffset = reader.readInt64();
  reader.readInt64();
  const aborted =
    reader.readNullableArray((each): AbortedTransaction => ({
      producerId: each.readInt64(),
      firstOffset: safeOffset(each.readInt64()),
    })) ?? [];
  reader.readInt32();
  const size = Math.max(0, reader.readUnsignedVarInt() - 1);
  const start = reader.position;
  reader.skip(size);
  const error = code === 0 ? undefined : errorName(code);
  return {
    partition,
    error,
    lastStableOffset: error === undefined ? safeOffset(lastStableOffset) : -1,
    batches: [],
    bytes: piece(start, start + size),
    aborted,
  };
}
