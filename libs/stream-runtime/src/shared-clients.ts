import type { KafkaAdmin, KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { StateStore } from './state-store.ts';

interface Lease<T> {
  readonly value: T;
  /** The last one to release closes it. */
  release(): Promise<void>;
}

/** One client for many processors of a process: a project more costs no connection more. */
class Pool<K, T> {
  readonly #open: (key: K) => Promise<T>;
  readonly #close: (value: T) => void | Promise<void>;
  readonly #shared = new Map<K, { value: Promise<T>; users: number }>();

  constructor(open: (key: K) => Promise<T>, close: (value: T) => void | Promise<void>) {
    this.#open = open;
    this.#close = close;
  }

  async lease(key: K): Promise<Lease<T>> {
    let entry = this.#shared.get(key);
    if (entry === undefined) {
      entry = { value: this.#open(key), users: 0 };
      this.#shared.set(key, entry);
    }
    const mine = entry;
    mine.users += 1;
    const release = async (): Promise<void> => {
      mine.users -= 1;
      if (mine.users > 0) return;
      if (this.#shared.get(key) === mine) this.#shared.delete(key);
      await this.#close(await mine.value);
    };
    try {
      return { value: await mine.value, release };
    } catch (error) {
      if (this.#shared.get(key) === mine) this.#shared.delete(key);
      throw error;
    }
  }
}

export interface SharedClients {
  readonly store: StateStore;
  readonly producer: KafkaProducer;
  readonly admin: KafkaAdmin;
  release(): Promise<void>;
}

const stores = new Pool<string, StateStore>(
  (url) => StateStore.open(url),
  (store) => store.close(),
);
// Not idempotent: the outbox has one chunk under way per partition and numbers every message, so a repeat of the client is dropped
// by readers, and the client need not serialise the sends of different partitions.
const producers = new Pool<KafkaDriver, KafkaProducer>(
  (kafka) => kafka.producer({ idempotent: false }),
  (producer) => producer.close(),
);
const admins = new Pool<KafkaDriver, KafkaAdmin>(
  (kafka) => kafka.admin(),
  (admin) => admin.close(),
);

export async function leaseClients(kafka: KafkaDriver, redisUrl: string): Promise<SharedClients> {
  const [store, producer, admin] = await Promise.all([
    stores.lease(redisUrl),
    producers.lease(kafka),
    admins.lease(kafka),
  ]);
  return {
    store: store.value,
    producer: producer.value,
    admin: admin.value,
    release: async () => {
      await Promise.allSettled([store.release(), producer.release(), admin.release()]);
    },
  };
}
