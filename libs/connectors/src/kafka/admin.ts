import type { TopicSpec } from '@hermes/contracts/topics';
import { type KafkaAdmin, KafkaError, type TopicDescription } from './driver.ts';
import { type Wire, WireError } from './wire.ts';
import { asKafkaError, layoutsOf, patiently, pause } from './wire-retry.ts';

/** How long a topic may take until every broker knows it. */
const TOPIC_APPEARS_MS = 10_000;

export class WireAdmin implements KafkaAdmin {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async ensureTopics(specs: readonly TopicSpec[], replicationFactor = 1): Promise<void> {
    const there = await patiently(() => this.#wire.layout(specs.map((spec) => spec.name)));
    for (const spec of specs) if (!there.has(spec.name)) await this.#create(spec, replicationFactor);
    const startedMs = performance.now();
    for (const spec of specs) {
      const partitions = await this.#partitionsOnceReady(spec.name, startedMs);
      if (partitions !== spec.partitions) throw mismatch(spec, partitions);
    }
  }

  async describeTopic(topic: string): Promise<TopicDescription | undefined> {
    const layout = (await patiently(() => this.#wire.layout([topic]))).get(topic);
    return layout === undefined ? undefined : { topicId: layout.topicId, partitions: layout.leaders.size };
  }

  async offsets(topic: string): Promise<ReadonlyMap<number, { readonly earliest: number; readonly latest: number }>> {
    const [earliest, latest] = await patiently(async () => {
      const layout = (await this.#wire.layout([topic])).get(topic);
      if (layout === undefined) throw new KafkaError('unknown-topic', `No such topic: ${topic}`, { retriable: true });
      return [
        await this.#wire.listOffsets(layout, 'earliest'),
        await this.#wire.listOffsets(layout, 'latest'),
      ] as const;
    });
    return new Map(
      [...earliest].map(([partition, first]) => [
        partition,
        { earliest: first, latest: latest.get(partition) ?? first },
      ]),
    );
  }

  async offsetsAt(topic: string, timestampMs: number): Promise<ReadonlyMap<number, number>> {
    return await patiently(async () => {
      const layout = (await layoutsOf(this.#wire, [topic])).get(topic)!;
      return await this.#wire.listOffsets(layout, { timestampMs });
    });
  }

  async committed(groupId: string, topic: string): Promise<ReadonlyMap<number, number>> {
    const layout = (await patiently(() => this.#wire.layout([topic]))).get(topic);
    if (layout === undefined) return new Map();
    return await patiently(() => this.#wire.committed(groupId, topic, [...layout.leaders.keys()]));
  }

  async deleteTopics(topics: readonly string[]): Promise<void> {
    await patiently(() => this.#wire.deleteTopics(topics));
  }

  /** The connection belongs to the driver, which closes it. */
  async close(): Promise<void> {}

  async #create(spec: TopicSpec, replicationFactor: number): Promise<void> {
    try {
      await patiently(() => this.#wire.createTopic(spec, replicationFactor));
    } catch (error) {
      // Another process was faster: its partitions are compared below.
      if (
        error instanceof KafkaError &&
        error.cause instanceof WireError &&
        error.cause.code === 'TOPIC_ALREADY_EXISTS'
      )
        return;
      throw asKafkaError(error);
    }
  }

  async #partitionsOnceReady(topic: string, startedMs: number): Promise<number> {
    for (;;) {
      const layout = (await patiently(() => this.#wire.layout([topic]))).get(topic);
      if (layout !== undefined && [...layout.leaders.values()].every((leader) => leader >= 0))
        return layout.leaders.size;
      if (performance.now() - startedMs > TOPIC_APPEARS_MS) {
        throw new KafkaError('other', `Topic ${topic} has no leader after ${TOPIC_APPEARS_MS / 1_000} s`, {
          retriable: true,
        });
      }
      await pause(20);
    }
  }
}

function mismatch(spec: TopicSpec, partitions: number): KafkaError {
  const message = `Topic ${spec.name} has ${partitions} partitions and must have ${spec.partitions}: delete it or choose another name`;
  return new KafkaError('topic-mismatch', message, { retriable: false });
}
