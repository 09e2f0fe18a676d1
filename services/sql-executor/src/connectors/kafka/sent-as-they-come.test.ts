import type { KafkaMessage, ProducedAt } from '@hermes/connectors/kafka/driver';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SentAsTheyCome } from './sent-as-they-come.ts';

interface Call {
  readonly values: readonly string[];
  take(): void;
  refuse(): void;
}

/** A producer that answers when it is told to. */
function underControl() {
  const calls: Call[] = [];
  const send = (messages: readonly KafkaMessage[]): Promise<readonly ProducedAt[]> =>
    new Promise((resolve, reject) => {
      calls.push({
        values: messages.map(({ value }) => String(value)),
        take: () => resolve([]),
        refuse: () => reject(new Error('refused')),
      });
    });
  const written: string[] = [];
  const sink = new SentAsTheyCome(
    async () => ({ send }),
    () => {
      const messages = written.splice(0).map((value) => ({ topic: 't', key: null, value }));
      return { messages, bytes: messages.length };
    },
  );
  return { calls, written, sink };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what comes later does not wait for the answer to what came before', async () => {
  const { calls, written, sink } = underControl();
  written.push('a');
  const flushed = sink.flush();
  await turn();
  written.push('b');
  sink.send();
  await turn();
  expect(calls.map(({ values }) => values)).toEqual([['a'], ['b']]);
  expect(sink.waiting.rows).toBe(2);
  for (const call of calls) call.take();
  await turn();
  expect([await flushed, await sink.flush(), sink.waiting.rows]).toEqual([2, 0, 0]);
});

test('rows that are written in one turn leave together', async () => {
  const { calls, written, sink } = underControl();
  const opened = sink.flush();
  await opened;
  for (const row of ['a', 'b']) {
    written.push(row);
    sink.send();
  }
  await turn();
  expect(calls.map(({ values }) => values)).toEqual([['a', 'b']]);
});

test('what was not taken goes again with all that was handed over after it, and before what comes next', async () => {
  const { calls, written, sink } = underControl();
  written.push('a');
  const failing = sink.flush();
  await turn();
  written.push('b');
  sink.send();
  await turn();
  calls[0]!.refuse();
  calls[1]!.take();
  await expect(failing).rejects.toThrow('refused');
  written.push('c');
  sink.send();
  await turn();
  expect(calls).toHaveLength(2);
  const again = sink.flush();
  await turn();
  expect(calls.slice(2).map(({ values }) => values)).toEqual([['a', 'b'], ['c']]);
  for (const call of calls.slice(2)) call.take();
  expect(await again).toBe(3);
});

test('whatever is refused, all rows are taken, and the last copies come in the order in which they were written', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ rows: fc.integer({ min: 0, max: 3 }), refused: fc.boolean() }), { maxLength: 20 }),
      async (steps) => {
        const { calls, written, sink } = underControl();
        const log: string[] = [];
        const answer = (refused: boolean): void => {
          for (const call of calls.splice(0)) {
            if (refused) call.refuse();
            else {
              log.push(...call.values);
              call.take();
            }
          }
        };
        let count = 0;
        let acknowledged = 0;
        for (const { rows, refused } of [...steps, { rows: 0, refused: false }, { rows: 0, refused: false }]) {
          for (let i = 0; i < rows; i++) written.push(String(count++));
          const flushed = sink.flush().then(
            (taken) => (acknowledged += taken),
            () => undefined,
          );
          await turn();
          for (let i = 0; i < rows; i++) written.push(String(count++));
          sink.send();
          await turn();
          answer(refused);
          await flushed;
        }
        const last = [...new Set(log.toReversed())].toReversed();
        expect(last).toEqual(Array.from({ length: count }, (_, i) => String(i)));
        expect(acknowledged).toBe(count);
        expect(sink.waiting).toEqual({ rows: 0, bytes: 0 });
      },
    ),
  ));
