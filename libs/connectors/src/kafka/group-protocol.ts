/**
 * What the members of a consumer group tell each other, in the layout of Kafka's own consumer protocol
 * (ConsumerProtocolSubscription version 2 and ConsumerProtocolAssignment version 0), so that Kafka's tools can show it.
 * Pure.
 */

export type PartitionsByTopic = ReadonlyMap<string, readonly number[]>;

export interface Subscription {
  readonly topics: readonly string[];
  /** What this member had in `generation` (-1: nothing yet). */
  readonly owned: PartitionsByTopic;
  readonly generation: number;
}

/** Name under which the members agree on this assignment. */
export const GROUP_PROTOCOL = 'hermes-sticky';

class ByteWriter {
  readonly #parts: Buffer[] = [];
  int16(value: number): this {
    const part = Buffer.allocUnsafe(2);
    part.writeInt16BE(value);
    this.#parts.push(part);
    return this;
  }
  int32(value: number): this {
    const part = Buffer.allocUnsafe(4);
    part.writeInt32BE(value);
    this.#parts.push(part);
    return this;
  }
  text(value: string): this {
    const bytes = Buffer.from(value);
    this.int16(bytes.length);
    this.#parts.push(bytes);
    return this;
  }
  partitions(byTopic: PartitionsByTopic): this {
    this.int32(byTopic.size);
    for (const [topic, partitions] of byTopic) {
      this.text(topic).int32(partitions.length);
      for (const partition of partitions) this.int32(partition);
    }
    return this;
  }
  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  get left(): number {
    return this.#bytes.length - this.#at;
  }
  int16(): number {
    const value = this.#bytes.readInt16BE(this.#at);
    this.#at += 2;
    return value;
  }
  int32(): number {
    const value = this.#bytes.readInt32BE(this.#at);
    this.#at += 4;
    return value;
  }
  text(): string {
    const length = this.int16();
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }
  skipBytes(): void {
    const length = this.int32();
    this.#at += Math.max(0, length);
  }
  list<T>(read: () => T): T[] {
    return Array.from({ length: this.int32() }, read);
  }
  partitions(): Map<string, number[]> {
    return new Map(this.list(() => [this.text(), this.list(() => this.int32())] as const));
  }
}

const NO_USER_DATA = -1;

export function encodeSubscription(subscription: Subscription): Buffer {
  const writer = new ByteWriter().int16(2).int32(subscription.topics.length);
  for (const topic of subscription.topics) writer.text(topic);
  return writer.int32(NO_USER_DATA).partitions(subscription.owned).int32(subscription.generation).bytes();
}

export function decodeSubscription(bytes: Buffer): Subscription {
  const reader = new ByteReader(bytes);
  const version = reader.int16();
  const topics = reader.list(() => reader.text());
  reader.skipBytes();
  const owned = version >= 1 && reader.left > 0 ? reader.partitions() : new Map<string, number[]>();
  const generation = version >= 2 && reader.left >= 4 ? reader.int32() : -1;
  return { topics, owned, generation };
}

export function encodeAssignment(assigned: PartitionsByTopic): Buffer {
  return new ByteWriter().int16(0).partitions(assigned).int32(NO_USER_DATA).bytes();
}

/** An empty answer means: nothing for this member. */
export function decodeAssignment(bytes: Buffer): Map<string, number[]> {
  if (bytes.length === 0) return new Map();
  const reader = new ByteReader(bytes);
  reader.int16();
  return reader.partitions();
}
