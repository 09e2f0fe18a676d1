import type { KafkaMessage } from './driver.ts';
import type { ProduceMessage } from './wire.ts';

export function toProduceMessage(message: KafkaMessage): ProduceMessage {
  return {
    key: toBytes(message.key),
    value: toBytes(message.value),
    headers: Object.entries(message.headers ?? {}).map(
      ([name, value]) => [name, toBytes(value) ?? Buffer.alloc(0)] as const,
    ),
    timestampMs: message.timestampMs ?? Date.now(),
  };
}

/** Upper estimate of a record's bytes in a batch. */
export function sizeOf(message: ProduceMessage): number {
  const headers = message.headers.reduce((sum, [name, value]) => sum + 10 + name.length * 3 + value.length, 0);
  return 30 + (message.key?.length ?? 0) + (message.value?.length ?? 0) + headers;
}

const toBytes = (value: Buffer | string | null): Buffer | null =>
  typeof value === 'string' ? Buffer.from(value) : value;
