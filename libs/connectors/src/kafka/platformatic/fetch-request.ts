import { type Connection, fetchV13, type Reader } from '@platformatic/kafka';
import type { FetchLimits, FetchTarget } from '../wire.ts';
import { answerOf } from './links.ts';

const READ_COMMITTED = 1;
const NO_SESSION = { id: 0, epoch: -1 };
const NO_EPOCH = -1;

/** Sends a Fetch request (version 13) for these partitions, of the stable part of the log; `parse` reads the answer behind its header. */
export function sendFetch<T>(
  link: Connection,
  targets: readonly FetchTarget[],
  limits: FetchLimits,
  parse: (correlationId: number, apiKey: number, apiVersion: number, reader: Reader) => T,
): Promise<T> {
  const { key, version } = fetchV13.api;
  return answerOf(
    new Promise<T>((resolve, reject) => {
      link.send<T>(
        key,
        version,
        () => fetchPayload(targets, limits),
        parse,
        true,
        true,
        (error, response) => {
          if (error === null && response !== undefined) resolve(response);
          else reject(error ?? new Error('A fetch was answered with nothing'));
        },
      );
    }),
  );
}

/** A Fetch request (version 13) for these partitions, of the stable part of the log. */
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
