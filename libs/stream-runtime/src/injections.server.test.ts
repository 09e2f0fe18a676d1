import { afterEach, expect, test } from 'vitest';
import { type Injection, InjectionOutcomeUnknownError } from './injection-queue.ts';
import type { StepContext } from './logic.ts';
import type { ProcessorObserver } from './processor-options.ts';
import { metaKey, stateKey } from './state-keys.ts';
import { injectAll, injectedKey } from './testing/tally-injections.ts';
import { expectedOf, type Sent } from './testing/tally-model.ts';
import { appendTo, emptyTally, type Tally } from './testing/tally.ts';
import { JOB, outputOf, tallyOptions, TallyRoom } from './testing/tally-room.ts';
import { eventually, openTestKafka } from './testing/servers.ts';
import { startProcessor } from './start-processor.ts';

let room: TallyRoom | undefined;
afterEach(() => room?.close());

/** A processor that owns all its partitions. */
async function setUp(partitions: number, observer?: ProcessorObserver, maxKeysPerStep?: number) {
  const here = await TallyRoom.open(partitions);
  room = here;
  const kafka = openTestKafka(`${here.address.name}-i`);
  const processor = await startProcessor<Tally, unknown>(
    tallyOptions(here.address, kafka, {
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
      ...(observer === undefined ? {} : { observer }),
      ...(maxKeysPerStep === undefined ? {} : { limits: { maxKeysPerStep } }),
    }),
  );
  const owned = () =>
    eventually('it owns all', () => (processor.owned().length === partitions ? true : undefined), 30_000);
  await owned();
  return {
    here,
    processor,
    owned,
    end: async () => {
      await processor.close();
      await kafka.close();
    },
  };
}
const adding = (key: string, amount: number, topic: string): Injection<Tally, unknown> => ({
  keys: [key],
  apply: (context) => appendTo(context, key, amount, topic),
});

test('an injection into a partition without a step changes state and emits, and moves no offset', async () => {
  const { here, processor, end } = await setUp(2);
  const { name } = here.address;
  expect(await processor.inject(1, adding('x', 7, outputOf(name)))).toBe('applied');
  expect(await here.tally('x', 1)).toEqual({ ...emptyTally(), count: 1, sum: 7 });
  expect(await here.redis.hget(metaKey(JOB, name, 1), 'offset')).toBe('0');
  const sent: Sent[] = Array.from({ length: 50 }, (_, i) => ({
    key: `k:${i % 7}`,
    command: { do: 'append', amount: i },
  }));
  await here.send(sent);
  await here.settled();
  const found = await here.found(sent);
  expect(found.outputs.get('x')).toEqual(['x 1 7']);
  found.outputs.delete('x');
  expect(found).toEqual(expectedOf(sent));
  await end();
});

test('an injection that throws, dead-letters or touches what it did not announce changes nothing, and the partition goes on', async () => {
  const stops: string[] = [];
  const { here, processor, end } = await setUp(1, { onStopped: ({ code }) => void stops.push(code) });
  const topic = outputOf(here.address.name);
  const bad = (apply: (context: StepContext<Tally, unknown>) => void): Promise<string> =>
    processor.inject(0, {
      keys: ['x'],
      apply: (context) => {
        appendTo(context, 'x', 1, topic);
        context.setTimer({ id: 't', dueMs: 1, payload: 'x' });
        apply(context);
      },
    });
  await expect(
    bad(() => {
      throw new RangeError('no');
    }),
  ).rejects.toThrow(new RangeError('no'));
  await expect(bad((context) => context.deadLetter({ code: 'c', reason: 'r' }))).rejects.toThrow('no record');
  await expect(bad((context) => context.set('y', emptyTally()))).rejects.toThrow('not announced');
  await expect(
    processor.inject(0, { keys: Array.from({ length: 201 }, (_, i) => `k${i}`), apply: () => undefined }),
  ).rejects.toThrow('at most 200');
  expect(await processor.inject(7, adding('x', 1, topic))).toBe('not-owned');
  expect(await processor.inject(0, adding('x', 5, topic))).toBe('applied');
  expect(await here.tally('x', 0)).toEqual({ ...emptyTally(), count: 1, sum: 5 });
  await here.settled();
  expect((await here.outputs()).map(({ value }) => value?.toString())).toEqual(['x 1 5']);
  expect(stops).toEqual([]);
  await end();
});

test('an injection of 200 keys may be larger than a step', async () => {
  const { here, processor, end } = await setUp(1);
  const keys = Array.from({ length: 200 }, (_, i) => `k:${i}`);
  const fired = ['x'.repeat(2_000)];
  expect(
    await processor.inject(0, {
      keys,
      apply: (context) => keys.forEach((key) => context.set(key, { ...emptyTally(), fired })),
    }),
  ).toBe('applied');
  expect(await here.redis.exists(...keys.map((key) => stateKey(JOB, here.address.name, 0, key)))).toBe(200);
  await end();
});

test('injections and steps of records take turns: neither waits for all of the other', async () => {
  const steps: ('record' | 'injection')[] = [];
  const { here, processor, end } = await setUp(
    1,
    { onStep: ({ records }) => void steps.push(records > 0 ? 'record' : 'injection') },
    1,
  );
  const topic = outputOf(here.address.name);
  const sent: Sent[] = Array.from({ length: 600 }, (_, i) => ({ key: `k:${i}`, command: { do: 'add', amount: i } }));
  const sending = here.send(sent);
  const outcomes = Promise.all(Array.from({ length: 300 }, (_, i) => processor.inject(0, adding('x', i, topic))));
  await sending;
  expect(new Set(await outcomes)).toEqual(new Set(['applied']));
  await here.settled();
  const firstRecord = steps.indexOf('record');
  const lastInjection = steps.lastIndexOf('injection');
  const between = steps.slice(firstRecord, lastInjection + 1);
  expect(between.length).toBeGreaterThan(20);
  let longest = 0;
  let run = 0;
  for (const [i, step] of between.entries()) {
    run = step === between[i - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  // Between two batches of Kafka there are moments without a record at hand.
  const shares = between.filter((step) => step === 'record').length / between.length;
  expect(shares).toBeGreaterThan(0.3);
  expect(shares).toBeLessThan(0.7);
  expect(longest).toBeLessThan(100);
  await end();
});

test('an owner that was fenced applies no injection, and says that it does not know', async () => {
  const { here, processor, end } = await setUp(1);
  const { name } = here.address;
  const topic = outputOf(name);
  expect(await processor.inject(0, adding('x', 1, topic))).toBe('applied');
  await here.redis.hincrby(metaKey(JOB, name, 0), 'epoch', 1);
  await here.redis.hset(metaKey(JOB, name, 0), 'owner', 'a rival');
  const waiting = [1, 2, 3].map(() => processor.inject(0, adding('x', 1, topic)));
  await expect(waiting[0]).rejects.toThrow(InjectionOutcomeUnknownError);
  expect(await Promise.all(waiting.slice(1))).toEqual(['not-owned', 'not-owned']);
  expect(await here.tally('x', 0)).toEqual({ ...emptyTally(), count: 1, sum: 1 });
  await end();
});

test('injections with a cursor in the state go on over a claim that was lost in their midst, each counted once', async () => {
  const { here, processor, end } = await setUp(2);
  const { name } = here.address;
  const injecting = injectAll(processor, here.address, 200);
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    // As if an own step's answer had been lost: refused, claimed again at once.
    await here.redis.hincrby(metaKey(JOB, name, 0), 'sequence', 0);
    await here.redis.hincrby(metaKey(JOB, name, 0), 'epoch', 1);
  }
  await injecting;
  for (const p of [0, 1]) {
    expect(await here.tally(injectedKey(p), p)).toEqual({ ...emptyTally(), count: 200, sum: 20_100 });
  }
  await end();
});
