import { once } from 'node:events';
import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { afterEach, describe, expect, test } from 'vitest';
import type { PartitionLogic, StepContext } from './logic.ts';
import type { ProcessorOptions } from './processor-options.ts';
import { publishDefinitionSet } from './publish-definitions.ts';
import { startProcessor } from './start-processor.ts';
import { cutOf } from './definition-cuts.ts';
import { definitionCutsKey, metaKey } from './state-keys.ts';
import { compactedTopic, eventually, openTestKafka } from './testing/servers.ts';
import { type Tally, tallyCodec } from './testing/tally.ts';
import { JOB, outputOf, tallyOptions, TallyRoom } from './testing/tally-room.ts';

let room: TallyRoom | undefined;
afterEach(() => room?.close());

/** What the set that a record names said, where that is not the one in force. */
function earlier({ headers }: KafkaRecord, context: StepContext<Tally, readonly string[]>): readonly string[] {
  const needs = Number(headers['needs']?.toString() ?? '0');
  if (needs === 0 || needs === context.definitionsVersion) return [];
  return [`made with ${context.definitionsOf(needs)?.join(',') ?? 'what is kept no more'}`];
}

/** Emits the definitions that each record was evaluated with. */
const witness = (topic: string): PartitionLogic<Tally, readonly string[]> => ({
  keysOf: () => [],
  definitionsNeededBy: ({ headers }) => Number(headers['needs']?.toString() ?? '0'),
  onRecord: (record, context) =>
    context.emit({
      topic,
      key: record.key!.toString(),
      value: [`${context.definitionsVersion} ${context.definitions.join(',')}`, ...earlier(record, context)].join(', '),
    }),
});

async function setUp(partitions: number) {
  room = await TallyRoom.open(partitions);
  const topic = `${room.address.name}.definitions`;
  await (await room.kafka.admin()).ensureTopics([compactedTopic(topic)]);
  const here = room;
  let builds = 0;
  const publish = (...members: readonly (readonly [string, number])[]): Promise<number> =>
    publishDefinitionSet(here.kafka, topic, {
      publishedAt: new Date().toISOString(),
      members: members.map(([id, version]) => ({ id, version, value: `${id}${version}` })),
    });
  const start = async () => {
    const kafka = openTestKafka(`${here.address.name}-d`);
    const { logic: _, codec: __, ...base } = tallyOptions(here.address, kafka);
    const options: ProcessorOptions<Tally, readonly string[]> = {
      ...base,
      codec: tallyCodec,
      logic: witness(outputOf(here.address.name)),
      definitions: {
        topic,
        empty: ['none'],
        build: (_number, members) => {
          builds += 1;
          const texts = members.map(({ value }) => value.toString());
          if (texts.some((text) => text.startsWith('broken'))) throw new Error('cannot be built');
          return texts;
        },
      },
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    };
    const processor = await startProcessor(options);
    return async () => {
      await processor.close();
      await kafka.close();
    };
  };
  const keys = ['k:1', 'k:2', 'k:3', 'k:4', 'k:5'];
  const ask = async (): Promise<string[]> => {
    await here.send(keys.map((key) => ({ key, command: { do: 'add', amount: 1 } })));
    await here.settled();
    return [...new Set((await here.outputs()).map(({ value }) => value!.toString()))];
  };
  return {
    room: here,
    topic,
    publish,
    start,
    ask,
    builds: () => builds,
    end: async () => (await here.kafka.admin()).deleteTopics([topic]),
  };
}

describe('definitions', () => {
  test('a record that needs a newer set waits for it, and is evaluated with it', async () => {
    const { room: here, publish, start, ask, end } = await setUp(1);
    await publish(['a', 1]);
    const stop = await start();
    await ask();
    await here.send([{ key: 'k:9', command: { do: 'add', amount: 1 }, needs: 2 }]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await here.outputs()).map(({ key }) => key!.toString())).not.toContain('k:9');
    await publish(['a', 2]);
    await here.settled();
    const last = (await here.outputs()).find(({ key }) => key!.toString() === 'k:9');
    expect(last?.value?.toString()).toBe('2 a2');
    await stop();
    await end();
  });

  test('a record that was made with an earlier set can be looked at with that set', async () => {
    const { room: here, publish, start, ask, end } = await setUp(1);
    await publish(['a', 1]);
    await publish(['a', 2]);
    const stop = await start();
    expect(await ask()).toEqual(['2 a2']);
    await here.send([{ key: 'k:9', command: { do: 'add', amount: 1 }, needs: 1 }]);
    await here.settled();
    const last = (await here.outputs()).find(({ key }) => key!.toString() === 'k:9');
    expect(last?.value?.toString()).toBe('2 a2, made with a1');
    await stop();
    await end();
  });

  test('a processor switches between two steps, writes the number into its state, and builds each set once', async () => {
    const { room: here, publish, start, ask, builds, end } = await setUp(4);
    const close = await start();
    expect(await ask()).toEqual(['0 none']);
    expect(await publish(['a', 1])).toBe(1);
    await eventually('the set is in force', async () => ((await ask()).includes('1 a1') ? true : undefined));
    expect(builds()).toBe(1);
    expect(await publish(['a', 2], ['b', 1])).toBe(2);
    await eventually('the next set is in force', async () => ((await ask()).includes('2 a2,b1') ? true : undefined));
    // A partition without records switches in a step of its own.
    await eventually('every partition that has a state is at the next set', async () => {
      const versions = await Promise.all(
        [0, 1, 2, 3].map((p) => here.redis.hget(metaKey(JOB, here.address.name, p), 'definitions')),
      );
      return versions.every((version) => version === null || version === '2') ? true : undefined;
    });
    await close();
    await end();
  });

  test('every partition records the offset from which on it is at a set, also one without records, at once', async () => {
    const { room: here, publish, start, ask, end } = await setUp(4);
    const close = await start();
    const cuts = (): Promise<(number | undefined)[]> =>
      Promise.all(
        [0, 1, 2, 3].map(async (p) => cutOf(await here.redis.hgetall(definitionCutsKey(JOB, here.address.name, p)), 2)),
      );
    await publish(['a', 1]);
    await eventually('the first set is in force', async () => ((await ask()).includes('1 a1') ? true : undefined));
    expect(await cuts()).toEqual([undefined, undefined, undefined, undefined]);
    await publish(['a', 2]);
    const publishedAtMs = performance.now();
    await eventually('every partition has switched', async () =>
      (await cuts()).every((cut) => cut !== undefined) ? true : undefined,
    );
    expect(performance.now() - publishedAtMs).toBeLessThan(1_500);
    expect(await cuts()).toEqual(await here.processed());
    await publish(['a', 3]);
    for (let i = 0; i < 10; i++) await ask();
    await close();
    // What each record was evaluated with, by its place in its partition's log: the cut is exactly where the set changes.
    const found = await Promise.all(
      [0, 1, 2, 3].map(async (p) => cutOf(await here.redis.hgetall(definitionCutsKey(JOB, here.address.name, p)), 3)),
    );
    const byPartition = new Map<number, number[]>();
    for (const { headers, value } of await here.outputs()) {
      const p = Number(headers['hermes_origin']!.toString().split('/')[2]);
      byPartition.set(p, [...(byPartition.get(p) ?? []), Number(value!.toString().split(' ')[0])]);
    }
    for (const [p, sets] of byPartition) {
      expect(sets.findIndex((set) => set >= 3)).toBe(found[p] === sets.length ? -1 : found[p]);
    }
    await end();
  });

  test('only the newest hundred cuts are kept', async () => {
    const { room: here, publish, start, end } = await setUp(1);
    const cuts = definitionCutsKey(JOB, here.address.name, 0);
    await here.redis.hset(cuts, Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`-${i}`, '0'])));
    const close = await start();
    await publish(['a', 1]);
    const kept = await eventually('the cut is there', async () => {
      const entries = await here.redis.hgetall(cuts);
      return entries['1'] === undefined ? undefined : entries;
    });
    expect(Object.keys(kept)).toHaveLength(100);
    expect(kept['-98']).toBe('0');
    await close();
    await end();
  });

  test('after a restart the newest set is in force from the first record on', async () => {
    const { publish, start, ask, end } = await setUp(1);
    await publish(['a', 1]);
    const close = await start();
    expect(await ask()).toEqual(['1 a1']);
    await close();
    await publish(['a', 2]);
    const again = await start();
    expect(await ask()).toEqual(['1 a1', '2 a2']);
    await again();
    await end();
  });

  test('a set that cannot be built leaves the one before it in force', async () => {
    const { publish, start, ask, end } = await setUp(1);
    await publish(['a', 1]);
    const close = await start();
    await ask();
    await publish(['broken', 1]);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await ask()).toEqual(['1 a1']);
    await publish(['a', 2]);
    await eventually('a good one follows', async () => ((await ask()).includes('3 a2') ? true : undefined));
    await close();
    await end();
  });

  test('publishing the same set again from several places in turn gives one number', async () => {
    const { publish, end } = await setUp(1);
    expect([
      await publish(['a', 1]),
      await publish(['a', 1]),
      await publish(['a', 2]),
      await publish(['a', 2]),
    ]).toEqual([1, 1, 2, 2]);
    await end();
  });

  test('a process killed just after a switch goes on with the number in the state or a newer one, never an older one', async () => {
    const { room: here, topic, publish, end } = await setUp(1);
    await publish(['a', 1]);
    const doomed = here.spawn(
      { definitionsTopic: topic, groupId: `${here.address.name}.1` },
      'after-step-before-send:3',
    );
    const died = once(doomed, 'exit');
    let dead = false;
    void died.then(() => (dead = true));
    for (let i = 0; !dead && i < 100; i++) {
      await here.send([{ key: 'k:1', command: { do: 'add', amount: 1 } }]);
      if (i === 3) await publish(['a', 2]);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const before = Number(await here.redis.hget(metaKey(JOB, here.address.name, 0), 'definitions'));
    here.spawn({ definitionsTopic: topic, groupId: `${here.address.name}.2` });
    await here.settled();
    await here.send([{ key: 'k:1', command: { do: 'add', amount: 1 } }]);
    await here.settled();
    const after = Number(await here.redis.hget(metaKey(JOB, here.address.name, 0), 'definitions'));
    expect(before).toBeGreaterThan(0);
    expect(after).toBe(2);
    await end();
  });
});
