import { DEAD_LETTER_HEADERS } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import { afterEach, describe, expect, test } from 'vitest';
import { replayOf } from './dead-letter.ts';
import { StoppingError } from './stopping-error.ts';
import { emptyTally, tallyLogic } from './testing/tally.ts';
import { expectedOf, type Sent } from './testing/tally-model.ts';
import { deadOf, inputOf, outputOf, TallyRoom } from './testing/tally-room.ts';

let room: TallyRoom | undefined;
afterEach(() => room?.close());

const header = (headers: Readonly<Record<string, Buffer | undefined>>, name: string): string | undefined =>
  headers[name]?.toString();
const quiet = { logger: { info: () => undefined, warn: () => undefined, error: () => undefined } };

describe('a bad record never stops a partition and never vanishes', () => {
  test('what a rejected or failing record changed is taken back, and the record is in the dead-letter topic', async () => {
    room = await TallyRoom.open(1);
    const sent: Sent[] = [
      { key: 'k:1', command: { do: 'add', amount: 1 } },
      { key: 'k:1', command: { do: 'throw' } },
      { key: 'k:1', command: { do: 'add', amount: 2 } },
      { key: 'k:2', command: { do: 'reject' } },
      { key: 'k:1', command: { do: 'reject' } },
      { key: 'k:1', command: { do: 'add', amount: 3 } },
    ];
    await room.send(sent);
    const codes: string[] = [];
    await room.start(quiet, { onDeadLetter: ({ code }) => void codes.push(code) });
    await room.settled();
    expect(await room.found(sent)).toEqual(expectedOf(sent));
    expect(codes).toEqual(['defect', 'refused', 'refused']);
    const [defect] = await room.deadLetters();
    expect(header(defect!.headers, DEAD_LETTER_HEADERS.code)).toBe('defect');
    expect(header(defect!.headers, DEAD_LETTER_HEADERS.reason)).toBe('TypeError: the test said so');
    expect(header(defect!.headers, DEAD_LETTER_HEADERS.from)).toBe(`${inputOf(room.address.name)}/0/1`);
    expect(defect!.value!.toString()).toBe('{"do":"throw"}');
  });

  test('a record in the wrong partition, one without a key and one that is no JSON are dead-lettered; the rest goes on', async () => {
    room = await TallyRoom.open(8);
    const { name } = room.address;
    const right = partitionOf('k:1', 8);
    const wrong = (right + 1) % 8;
    const producer = await room.kafka.producer();
    await producer.send([
      { topic: inputOf(name), partition: wrong, key: 'k:1', value: '{"do":"add","amount":5}' },
      { topic: inputOf(name), partition: right, key: null, value: '{"do":"add","amount":5}' },
      { topic: inputOf(name), partition: right, key: 'k:1', value: Buffer.from([0xff, 0x00, 0xfe]) },
      { topic: inputOf(name), partition: right, key: 'k:1', value: null },
      { topic: inputOf(name), partition: right, key: 'k:1', value: '{"do":"add","amount":7}' },
    ]);
    await producer.close();
    await room.start(quiet);
    await room.settled();
    expect(await room.tally('k:1')).toEqual({ ...emptyTally(), count: 1, sum: 7 });
    const codes = (await room.deadLetters()).map(({ headers }) => header(headers, DEAD_LETTER_HEADERS.code));
    expect(codes.sort()).toEqual(['defect', 'defect', 'missing-key', 'wrong-partition']);
  });

  test('a dead letter can be replayed as it came: key, value and headers, binary ones too', async () => {
    room = await TallyRoom.open(1);
    const { name } = room.address;
    const producer = await room.kafka.producer();
    const value = Buffer.from([0, 1, 2, 0xff]);
    const headers = {
      text: 'grün',
      binary: Buffer.from([0xff, 0xfe]),
      hermes_origin: 'elsewhere/p/0',
      hermes_sequence: '17',
    };
    await producer.send([{ topic: inputOf(name), key: 'k:1', value, headers }]);
    await producer.close();
    await room.start(quiet);
    await room.settled();
    const [dead] = await room.read(deadOf(name));
    const replay = replayOf(dead!);
    expect(replay.key!.toString()).toBe('k:1');
    expect(replay.value!.equals(value)).toBe(true);
    expect(Object.keys(replay.headers).sort()).toEqual(['binary', 'text']);
    expect(replay.headers['binary']!.equals(headers.binary)).toBe(true);
  });

  test('a record that comes again with a sequence already seen is dropped', async () => {
    room = await TallyRoom.open(1);
    const { name } = room.address;
    const producer = await room.kafka.producer();
    const send = (sequence: number, amount: number, origin = 'up/p/0/x') =>
      producer.send([
        {
          topic: inputOf(name),
          key: 'k:1',
          value: JSON.stringify({ do: 'add', amount }),
          headers: { hermes_origin: origin, hermes_sequence: String(sequence) },
        },
      ]);
    for (const [sequence, amount] of [
      [1, 1],
      [2, 10],
      [5, 100],
    ] as const)
      await send(sequence, amount);
    const first = await room.start();
    await room.settled();
    await first.close();
    await room.start();
    for (const [sequence, amount] of [
      [2, 10],
      [5, 100],
      [6, 1_000],
      [6, 1_000],
    ] as const)
      await send(sequence, amount);
    await send(1, 10_000, 'up/p/1/y');
    await producer.close();
    await room.settled();
    expect((await room.tally('k:1'))?.sum).toBe(11_111);
  });

  test('a logic that lacks what it cannot go on without stops the partition, and the same record is evaluated when it is back', async () => {
    room = await TallyRoom.open(1);
    const sent: Sent[] = [1, 2, 3, 4].map((amount) => ({ key: 'k:1', command: { do: 'add', amount } }));
    await room.send(sent);
    const plain = tallyLogic(outputOf(room.address.name));
    let lacking = 2;
    const stops: string[] = [];
    const logic: typeof plain = {
      ...plain,
      onRecord: (record, context) => {
        plain.onRecord(record, context);
        if (record.offset === 2 && lacking-- > 0) throw new StoppingError('nobody answers');
      },
    };
    await room.start(
      { ...quiet, logic, limits: { maxRecordsPerStep: 2 } },
      { onStopped: ({ code, message }) => void stops.push(`${code}: ${message}`) },
    );
    await room.settled();
    expect(await room.found(sent)).toEqual(expectedOf(sent));
    expect(stops).toEqual(['defect: nobody answers', 'defect: nobody answers']);
    expect(await room.deadLetters()).toEqual([]);
  });
});
