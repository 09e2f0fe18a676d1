/** Guards: a broker that is away holds up neither a shutdown nor, one after the other, what waits to be sent. */
import { setTimeout as pause } from 'node:timers/promises';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import type { Decision } from '@hermes/contracts/decision';
import { expect, test } from 'vitest';
import { ReleaseSender } from './release-sender.ts';
import type { ReleasedRepository } from './released.repository.ts';

test('fifty that cannot be sent, and one that can, take as long as one', async () => {
  const told: string[] = [];
  let answered: readonly Decision[] = [];
  const send = async ([message]: readonly { readonly value: string }[]) => {
    await pause(100);
    const { id } = JSON.parse(message!.value) as Decision;
    if (id !== 'd-7') throw new Error('the broker is away');
    return [];
  };
  const kafka = { producer: async () => ({ send, close: async () => undefined }) } as unknown as KafkaDriver;
  const waiting = Array.from({ length: 51 }, (_, i) => ({ id: `d-${String(i)}`, project: 'p' }) as Decision);
  const released = {
    sendSome: async (_: unknown, give: (some: readonly Decision[]) => Promise<readonly Decision[]>) => {
      answered = await give(waiting);
      return false;
    },
  } as unknown as ReleasedRepository;
  const logger = { warn: ({ decision }: { decision: string }) => void told.push(decision), error: () => undefined };
  const sender = new ReleaseSender({ kafka, released, projects: () => ['p'], keepMonths: 13, logger: logger as never });
  const startedAt = performance.now();
  sender.sendSoon();
  await sender.close();
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect([answered.map(({ id }) => id), told.length]).toEqual([['d-7'], 50]);
});
