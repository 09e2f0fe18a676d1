import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TallyRoom } from './testing/tally-room.ts';

describe.each([1, 8])('a processor on %i partitions', (partitions) => {
  let room: TallyRoom;
  beforeEach(async () => {
    room = await TallyRoom.open(partitions);
  });
  afterEach(() => room.close());

  test('counts every record once and emits every output once, in order per key', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `k:${i}`);
    await room.start();
    for (let round = 0; round < 5; round++) {
      await room.send(
        keys.flatMap((key) => [1, 2, 3].map((amount) => ({ key, command: { do: 'add', amount } as const }))),
      );
    }
    await room.settled();
    for (const key of keys) expect(await room.tally(key)).toEqual({ count: 15, sum: 30, rejected: 0, fired: [] });
    const outputs = (await room.outputs()).map((record) => record.value!.toString());
    for (const key of keys) {
      const counts = outputs.filter((text) => text.startsWith(`${key} `)).map((text) => Number(text.split(' ')[1]));
      expect(counts).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    }
  });
});
