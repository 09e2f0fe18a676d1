import type { OutboxMessage } from './outbox-entry.ts';

interface Waiting {
  readonly message: OutboxMessage;
  readonly bytes: number;
}

/**
 * What of a partition's outbox is in memory, and how far each part of its way has got. Pure: no I/O, no clock.
 *
 *     trimmed <= acknowledged <= last committed
 *
 * One chunk is under way at a time, and the next is cut only when Kafka has acknowledged it: so a message is never sent before
 * every message below it has been acknowledged or stands before it in the same chunk.
 */
export class OutboxBook {
  #waiting: Waiting[] = [];
  #head = 0;
  #underWay = 0;
  #acknowledged: number;
  #trimmed: number;

  /** @param acknowledged - the sequence before the oldest message that is still in the outbox */
  constructor(acknowledged: number) {
    this.#acknowledged = acknowledged;
    this.#trimmed = acknowledged;
  }

  /** Messages that Kafka has not acknowledged. */
  get size(): number {
    return this.#waiting.length - this.#head;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Up to here the outbox in Valkey may be trimmed; 0 when there is nothing to trim. */
  get trimmable(): number {
    return this.#acknowledged > this.#trimmed ? this.#acknowledged : 0;
  }

  /** Messages of a committed step, in sequence. */
  committed(message: OutboxMessage, bytes: number): void {
    const last = this.#waiting.at(-1)?.message.sequence ?? this.#acknowledged;
    if (message.sequence !== last + 1) throw new Error(`outbox sequence ${message.sequence} after ${last}`);
    this.#waiting.push({ message, bytes });
  }

  /** The next messages to send: at most `maxCount` and `maxBytes`, but always one. Empty while a chunk is under way. */
  cutChunk(maxCount: number, maxBytes: number): readonly OutboxMessage[] {
    if (this.#underWay > 0) return [];
    const chunk: OutboxMessage[] = [];
    let bytes = 0;
    for (let i = this.#head; i < this.#waiting.length && chunk.length < maxCount; i++) {
      const next = this.#waiting[i]!;
      if (chunk.length > 0 && bytes + next.bytes > maxBytes) break;
      chunk.push(next.message);
      bytes += next.bytes;
    }
    this.#underWay = chunk.length;
    return chunk;
  }

  /** Kafka has the first `count` messages of the chunk under way (all of it by default). */
  acknowledge(count = this.#underWay): void {
    if (count > this.#underWay) throw new Error(`${count} acknowledged of ${this.#underWay} under way`);
    this.#underWay = 0;
    this.#head += count;
    this.#acknowledged += count;
    if (this.#head > 1024 || this.#head === this.#waiting.length) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
  }

  /** The chunk under way was not acknowledged: it will be cut again. */
  failed(): void {
    this.#underWay = 0;
  }

  trimmedTo(sequence: number): void {
    if (sequence > this.#trimmed) this.#trimmed = sequence;
  }
}
