import { fetchV13, Reader, ResponseError } from '@platformatic/kafka';
import {
  type FetchedPartition,
  type FetchLimits,
  type FetchTarget,
  safeOffset,
  WireError,
  type WireFetcher,
} from '../wire.ts';
import { decodeBatch } from './decode-batches.ts';
import { sendFetch } from './fetch-request.ts';
import type { Address, Links } from './links.ts';
import { errorName } from './wire.ts';

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
    const response = await sendFetch(link, targets, limits, parse);
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
