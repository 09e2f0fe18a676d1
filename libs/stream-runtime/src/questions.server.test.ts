import { afterEach, expect, test } from 'vitest';
import { emptyTally, type Tally } from './testing/tally.ts';
import { outputOf, TallyRoom } from './testing/tally-room.ts';
import type { PartitionLogic } from './logic.ts';

let room: TallyRoom | undefined;
afterEach(() => room?.close());

const quiet = { logger: { info: () => undefined, warn: () => undefined, error: () => undefined } };

/** Adds what is answered to its own name. */
const askingLogic = (outputTopic: string): PartitionLogic<Tally, unknown> => ({
  keysOf: ({ key }) => [key!.toString()],
  questionsOf: ({ key }) => [key!.toString()],
  onRecord({ key }, context) {
    const name = key!.toString();
    const tally = context.get(name) ?? emptyTally();
    tally.count += 1;
    tally.sum += context.answerTo(name) as number;
    context.set(name, tally);
    context.emit({ topic: outputTopic, key: name, value: `${name} ${tally.count} ${tally.sum}` });
  },
});

test('a record is evaluated with what was answered to it, once however often the answer had to be tried for', async () => {
  room = await TallyRoom.open(2);
  let failures = 2;
  const asked: string[] = [];
  await room.start({
    ...quiet,
    logic: askingLogic(outputOf(room.address.name)),
    ask: async (questions) => {
      if (failures-- > 0) throw new Error('the test said so');
      asked.push(...questions);
      return new Map(questions.map((question) => [question, question.length]));
    },
  });
  const keys = ['k:1', 'k:22', 'k:333', 'k:1'];
  await room.send(keys.map((key) => ({ key, command: { do: 'add', amount: 0 } })));
  await room.settled();
  expect(await room.tally('k:1')).toMatchObject({ count: 2, sum: 6 });
  expect(await room.tally('k:333')).toMatchObject({ count: 1, sum: 5 });
  expect(new Set(asked)).toEqual(new Set(keys));
});
