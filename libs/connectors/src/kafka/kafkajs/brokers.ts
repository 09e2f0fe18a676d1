import type { Address } from '../platformatic/links.ts';
import { errorName } from '../platformatic/wire.ts';
import { WireError } from '../wire.ts';
import { Broker, ConnectionPool, type KafkajsBroker, silentLogger, socketFactory } from './internals.ts';
import { forgetPartialAnswerOnConnect } from './partial-answer.ts';

/** kafkajs's connections to brokers, one pair per address, made when first needed and made again after they broke. */
export class Brokers {
  readonly #clientId: string;
  readonly #requestTimeoutMs: number;
  readonly #brokers = new Map<string, KafkajsBroker>();
  #closed = false;

  constructor(clientId: string, requestTimeoutMs: number) {
    this.#clientId = clientId;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  async to(address: Address): Promise<KafkajsBroker> {
    if (this.#closed) throw new WireError('NETWORK', 'The connection was closed');
    const key = `${address.host}:${address.port}`;
    const broker = this.#brokers.get(key) ?? this.#create(address);
    this.#brokers.set(key, broker);
    if (!broker.isConnected()) await answerOf(broker.connect());
    return broker;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const brokers = [...this.#brokers.values()];
    this.#brokers.clear();
    for (const broker of brokers) {
      // Otherwise kafkajs waits for the answer of a long poll.
      broker.connectionPool.map((connection) =>
        connection.rejectRequests(new WireError('NETWORK', 'The connection was closed')),
      );
    }
    await Promise.all(brokers.map((broker) => broker.disconnect()));
  }

  #create({ host, port }: Address): KafkajsBroker {
    const connectionPool = new ConnectionPool({
      host,
      port,
      clientId: this.#clientId,
      logger: silentLogger,
      socketFactory,
      connectionTimeout: 3_000,
      requestTimeout: this.#requestTimeoutMs,
      enforceRequestTimeout: true,
    });
    connectionPool.map(forgetPartialAnswerOnConnect);
    // kafkajs starts this timer with a negative time when nothing waits, which Node answers with TimeoutNegativeWarning.
    for (const { requestQueue } of connectionPool.map((connection) => connection)) {
      const schedule = requestQueue.scheduleCheckPendingRequests.bind(requestQueue);
      requestQueue.scheduleCheckPendingRequests = () => {
        if (requestQueue.pending.length > 0 || requestQueue.throttledUntil > Date.now()) schedule();
      };
    }
    return new Broker({ connectionPool, logger: silentLogger, nodeId: null, allowAutoTopicCreation: false });
  }
}

interface KafkajsFailure {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly memberId?: unknown;
}

const NETWORK_FAILURES = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSLockTimeout',
  'KafkaJSTimeout',
]);

/** The answer, or a WireError. What is neither an answer nor a broken connection is a defect and passes as it is. */
export async function answerOf<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof WireError || !(error instanceof Error)) throw error;
    const { name, message, code, type, memberId }: KafkajsFailure = error;
    if (NETWORK_FAILURES.has(name)) throw new WireError('NETWORK', message, { cause: error });
    // A connection may break before kafkajs has asked for the versions that the broker speaks.
    if (message === 'Broker not connected') throw new WireError('NETWORK', message, { cause: error });
    if (typeof type !== 'string' || typeof code !== 'number') throw error;
    throw new WireError(errorName(code), message, {
      cause: error,
      ...(typeof memberId === 'string' ? { memberId } : {}),
    });
  }
}
