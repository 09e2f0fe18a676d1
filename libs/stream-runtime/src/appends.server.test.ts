import { afterEach, expect, test } from 'vitest';
import { stateKey } from './state-keys.ts';
import { emptyTally, type TallyCommand, tallyCodec } from './testing/tally.ts';
import { JOB, TallyRoom } from './testing/tally-room.ts';

let room: TallyRoom | undefined;
afterEach(() => room?.close());

const quiet = { logger: { info: () => undefined, warn: () => undefined, error: () => undefined } };

async function setUp() {
  const here = await TallyRoom.open(1);
  room = here;
  const stops: string[] = [];
  const stepBytes: number[] = [];
  await here.start(quiet, {
    onStopped: ({ code }) => void stops.push(code),
    onStep: ({ bytes }) => void stepBytes.push(bytes),
  });
  const key = stateKey(JOB, here.address.name, 0, 'k');
  const send = async (...commands: readonly TallyCommand[]): Promise<void> => {
    await here.send(commands.map((command) => ({ key: 'k', command })));
    await here.settled();
  };
  return { here, key, send, stops, stepBytes };
}
test('an append goes behind what is stored, and the step is as large as what was appended', async () => {
  const { here, key, send, stepBytes } = await setUp();
  const old = tallyCodec.encode({ ...emptyTally(), count: 1, sum: 5, fired: ['x'.repeat(200_000)] });
  await here.redis.set(key, old);
  await send({ do: 'append', amount: 3 });
  await send({ do: 'append', amount: 4 }, { do: 'append', amount: 5 });
  const stored = (await here.redis.getBuffer(key))!;
  expect(stored.subarray(0, old.length).equals(old)).toBe(true);
  expect(stored.toString().split('\n')).toHaveLength(5);
  expect(await here.tally('k')).toMatchObject({ count: 4, sum: 17 });
  expect(Math.max(...stepBytes)).toBeLessThan(2_000);
});

test('an append leaves the time to live as it is', async () => {
  const { here, key, send } = await setUp();
  await send({ do: 'remember', ttlMs: 60_000 });
  await send({ do: 'append', amount: 3 });
  expect(await here.redis.pttl(key)).toBeGreaterThan(50_000);
  expect(await here.redis.pttl(key)).toBeLessThanOrEqual(60_000);
  await send({ do: 'forget' }, { do: 'append', amount: 3 });
  expect(await here.redis.pttl(key)).toBe(-1);
});

test('nothing is appended to a value that expired meanwhile: the record is evaluated anew, on what is stored', async () => {
  const { here, key, send, stops } = await setUp();
  await send({ do: 'remember', ttlMs: 60_000 }, { do: 'append', amount: 3 });
  // As when the server's clock is ahead: in the owner's memory the value still is.
  await here.redis.del(key);
  await send({ do: 'append', amount: 4 });
  expect(await here.tally('k')).toEqual({ ...emptyTally(), count: 1, sum: 4 });
  expect(stops).toEqual([]);
});
