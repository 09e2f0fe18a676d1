import { createRequire } from 'node:module';
import type { AnswerFraming } from './partial-answer.ts';

/**
 * The parts of kafkajs below its consumer and producer: connections and request encoders. They are not its public interface,
 * but kafkajs has had no release since 2.2.4 (2023), and the version is pinned. Its own consumer cannot keep the contract: it
 * resets an offset that is out of range by itself, holds all partitions while one is handled, and lets other producers' records
 * through where transactions interleave.
 */
const load = createRequire(import.meta.url);

export interface KafkajsBroker {
  isConnected(): boolean;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  lookupRequest(apiKey: number, definitions: unknown): (options: object) => KafkajsRequest;
  readonly connectionPool: KafkajsConnectionPool;
  findGroupCoordinator(o: {
    groupId: string;
    coordinatorType: number;
  }): Promise<{ coordinator: { nodeId: number; host: string; port: number } }>;
  joinGroup(o: {
    groupId: string;
    sessionTimeout: number;
    rebalanceTimeout: number;
    memberId: string;
    groupProtocols: readonly { name: string; metadata: Buffer }[];
  }): Promise<{
    generationId: number;
    leaderId: string;
    memberId: string;
    members: readonly { memberId: string; memberMetadata: Buffer }[];
  }>;
  syncGroup(o: {
    groupId: string;
    generationId: number;
    memberId: string;
    groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[];
  }): Promise<{ memberAssignment: Buffer }>;
  heartbeat(o: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>;
  leaveGroup(o: { groupId: string; memberId: string }): Promise<unknown>;
  listOffsets(o: {
    replicaId: number;
    isolationLevel: number;
    topics: readonly { topic: string; partitions: readonly { partition: number; timestamp: number }[] }[];
  }): Promise<{
    responses: readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[];
  }>;
  offsetCommit(o: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    topics: readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[];
  }): Promise<unknown>;
  offsetFetch(o: {
    groupId: string;
    topics: readonly { topic: string; partitions: readonly { partition: number }[] }[];
  }): Promise<{
    responses: readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[];
  }>;
  initProducerId(o: { transactionTimeout: number }): Promise<{ producerId: string; producerEpoch: number }>;
}

export interface KafkajsRequest {
  readonly request: object;
  readonly response: { decode(raw: unknown): Promise<unknown>; parse(decoded: unknown): Promise<unknown> };
}

export interface KafkajsConnectionPool {
  send(request: KafkajsRequest): Promise<unknown>;
  map<T>(use: (connection: KafkajsConnection) => T): T[];
}

export interface KafkajsConnection extends AnswerFraming {
  rejectRequests(error: Error): void;
  readonly requestQueue: {
    readonly pending: readonly unknown[];
    throttledUntil: number;
    scheduleCheckPendingRequests(): void;
  };
}

export interface KafkajsDecoder {
  readInt16(): number;
  readInt32(): number;
  readInt64(): { toString(): string };
  readString(): string;
  readArray<T>(read: (decoder: KafkajsDecoder) => T): T[];
  readArrayAsync<T>(read: (decoder: KafkajsDecoder) => Promise<T>): Promise<T[]>;
  readBytes(length: number): Buffer;
  canReadBytes(length: number): boolean;
}

export interface KafkajsRecordBatch {
  readonly firstOffset: string;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly records: readonly {
    readonly offset: string;
    readonly timestamp: string;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: Readonly<Record<string, Buffer | readonly Buffer[] | undefined>>;
  }[];
}

type New<Options, T> = new (options: Options) => T;

interface LoggerFactory {
  createLogger(options: { level: number; logCreator: () => () => void }): unknown;
}

export const Broker = load('kafkajs/src/broker/index.js') as New<
  { connectionPool: KafkajsConnectionPool; logger: unknown; nodeId: number | null; allowAutoTopicCreation: boolean },
  KafkajsBroker
>;
export const ConnectionPool = load('kafkajs/src/network/connectionPool.js') as New<object, KafkajsConnectionPool>;
export const Decoder = load('kafkajs/src/protocol/decoder.js') as New<Buffer, KafkajsDecoder>;
export const decodeRecordBatch = load('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (
  decoder: KafkajsDecoder,
) => Promise<KafkajsRecordBatch>;
export const apiKeys = load('kafkajs/src/protocol/requests/apiKeys.js') as {
  readonly Fetch: number;
  readonly Produce: number;
};
export const requests = (
  load('kafkajs/src/protocol/requests/index.js') as { requests: { readonly Fetch: unknown; readonly Produce: unknown } }
).requests;

const createSocketFactory = load('kafkajs/src/network/socketFactory.js') as () => (options: object) => {
  setNoDelay(on: boolean): void;
};
const NOTHING = 0;

/** kafkajs logs each lost connection as an error; what matters of it reaches the caller as a rejection. */
export const silentLogger = (load('kafkajs/src/loggers/index.js') as LoggerFactory).createLogger({
  level: NOTHING,
  logCreator: () => () => undefined,
});

/** kafkajs leaves Nagle's algorithm on, which holds a small request back until the one before is acknowledged. */
export function socketFactory(options: object): unknown {
  const socket = createSocketFactory()(options);
  socket.setNoDelay(true);
  return socket;
}
