import { type Connection, fetchV13, Reader, ResponseError } from '@platformatic/kafka';
import {
  type FetchedPartition,
  type FetchLimits,
  type FetchTarget,
  safeOffset,
  WireError,
  type WireFetcher,
} from '../wire.ts';
import { decodeBatch } from './decode-batches.ts';
import { type Address, answerOf, type Links } from './links.ts';
import { errorName } from './wire.ts';

const READ_COMMITTED = 1;
const NO_SESSION = { id: 0, epoch: -1 };
const NO_EPOCH = -1;
export const FETCH_API = { key: fetchV13.api.key, version: fetchV13.api.version };

export class PlatformaticFetcher implements WireFetcher {
  readonly #links: Links;
  readonly #address: (nodeId: number) => Address;

  constructor(links: Links, address: (nodeId: number) => Address) {
    this.#links = links;
    this.#address = address;
  }

  async fetch(
    nodeId: number,
    targets: readonly FetchTarget[],
    limits: FetchLimits,
  ): Promise<readonly FetchedPartition[]> {
    const names = new Map(targets.map((target) => [target.topicId, target.topic]));
    const link = await this.#links.to(this.#address(nodeId));
    const response = await answerOf(request(link, targets, limits));
    if (response.errorCode !== 0) throw new WireError(errorName(response.errorCode), 'The broker refused a fetch');
    return response.responses.flatMap(({ topicId, partitions }) => {
      const topic = names.get(topicId);
      if (topic === undefined) return [];
      return partitions.map((partition): FetchedPartition => {
        const error = partition.errorCode === 0 ? undefined : errorName(partition.errorCode);
        return {
          topic,
          partition: partition.partitionIndex,
          error,
          lastStableOffset: error === undefined ? safeOffset(partition.lastStableOffset) : -1,
          batches: (partition.records ?? []).map((batch) => decodeBatch(topic, partition.partitionIndex, batch)),
          aborted: (partition.abortedTransactions ?? []).map(({ producerId, firstOffset }) => ({
            producerId,
            firstOffset: safeOffset(firstOffset),
          })),
        };
      });
    });
  }

  close(): Promise<void> {
    return this.#links.close();
  }
}

/** The body of a Fetch request for these partitions, of the stable part of the log. */
export function fetchPayload(
  targets: readonly FetchTarget[],
  { maxWaitMs, minBytes, maxBytes, maxPartitionBytes }: FetchLimits,
): ReturnType<typeof fetchV13.createRequest> {
  const topics = [...Map.groupBy(targets, (target) => target.topicId)].map(([topicId, ofTopic]) => ({
    topicId,
    partitions: ofTopic.map(({ partition, offset }) => ({
      partition,
      currentLeaderEpoch: NO_EPOCH,
      fetchOffset: BigInt(offset),
      lastFetchedEpoch: NO_EPOCH,
      partitionMaxBytes: maxPartitionBytes,
    })),
  }));
  return fetchV13.createRequest(
    maxWaitMs,
    minBytes,
    maxBytes,
    READ_COMMITTED,
    NO_SESSION.id,
    NO_SESSION.epoch,
    topics,
    [],
    '',
  );
}

function request(
  link: Connection,
  targets: readonly FetchTarget[],
  limits: FetchLimits,
): Promise<fetchV13.FetchResponse> {
  return new Promise((resolve, reject) => {
    link.send<fetchV13.FetchResponse>(
      FETCH_API.key,
      FETCH_API.version,
      () => fetchPayload(targets, limits),
      parse,
      true,
      true,
      (error, response) => {
        if (error === null && response !== undefined) resolve(response);
        else reject(error ?? new Error('A fetch was answered with nothing'));
      },
    );
  });
}

/**
 * The library's own parser on one flat copy of the answer: walking a buffer that consists of many network chunks is several
 * times dearer, and records cut from a copy do not keep the connection's buffers alive. Errors of single partitions are part
 * of the answer.
 */
function parse(correlationId: number, apiKey: number, apiVersion: number, reader: Reader): fetchV13.FetchResponse {
  const flat = Reader.from(reader.buffer.slice(reader.position));
  try {
    return fetchV13.parseResponse(correlationId, apiKey, apiVersion, flat);
  } catch (error) {
    if (error instanceof ResponseError) return error['response'] as fetchV13.FetchResponse;
    throw error;
  }
}
