import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { FAULT_POINTS, type FaultPoint } from './fault-point.ts';
import { publishDefinitionSet } from './publish-definitions.ts';
import { compactedTopic } from './testing/servers.ts';
import { injectedKey } from './testing/tally-injections.ts';
import { emptyTally } from './testing/tally.ts';
import { TallyRoom } from './testing/tally-room.ts';
import { expectedOf, type Sent } from './testing/tally-model.ts';

let room: TallyRoom | undefined;
afterEach(() => room?.close());

const wave = (round: number): Sent[] =>
  Array.from({ length: 40 }, (_, i) => ({
    key: `k:${(i * 7) % 11}`,
    command:
      i % 13 === 5
        ? { do: 'reject' }
        : i % 17 === 3
          ? { do: 'throw' }
          : { do: i % 3 === 0 ? 'add' : 'append', amount: round * 100 + i },
  }));

/** Into every partition, beside the records. */
const INJECTIONS = 20;

/** Points that lie on the way of every step are met the second time, so that there is something to lose already. */
const nthOf = (point: FaultPoint): number => (/load|claim|timer|definitions/.test(point) ? 1 : 2);

test.each(FAULT_POINTS)(
  'killed at %s: state and outputs are right afterwards',
  async (point) => {
    room = await TallyRoom.open(2);
    const { name } = room.address;
    const definitionsTopic = `${name}.definitions`;
    await (await room.kafka.admin()).ensureTopics([compactedTopic(definitionsTopic)]);
    await publishDefinitionSet(room.kafka, definitionsTopic, {
      publishedAt: new Date().toISOString(),
      members: [{ id: 'a', version: 1, value: '{}' }],
    });
    const settings = { definitionsTopic, maxKeysPerStep: 6 };
    // Steps without a record, which only a partition without records needs.
    const unasked = /definitions-step/.test(point);
    const doomed = room.spawn(
      { ...settings, groupId: `${name}.first`, ...(unasked ? {} : { injections: INJECTIONS }) },
      `${point}:${nthOf(point)}`,
    );
    const died = once(doomed, 'exit');
    const sent: Sent[] = [];
    const send = async (more: readonly Sent[]): Promise<void> => {
      sent.push(...more);
      await room!.send(more);
    };
    // Timers of a step of their own fire where no record moves the clock.
    const idle = /timer/.test(point);
    await send(wave(0));
    await send([{ key: 'k:1', command: { do: 'remind', id: 'bell', dueMs: Date.now() + (idle ? 1_500 : 0) } }]);
    let dead = false;
    void died.then(() => (dead = true));
    const giveUpMs = Date.now() + 90_000;
    for (let round = 1; round <= 3 || !dead; round++) {
      if (unasked) {
        await publishDefinitionSet(room.kafka, definitionsTopic, {
          publishedAt: new Date().toISOString(),
          members: [{ id: 'a', version: round + 1, value: '{}' }],
        });
      } else if (!idle) await send(wave(round));
      // Quick at first; on a busy machine the process takes its time to come up.
      await new Promise((resolve) => setTimeout(resolve, round < 10 ? 120 : 1_000));
      if (Date.now() > giveUpMs) throw new Error(`the fault point ${point} was never met`);
    }
    expect((await died)[1]).toBe('SIGKILL');
    await send(wave(99));
    room.spawn({ ...settings, groupId: `${name}.second`, injections: INJECTIONS });
    await room.settled();
    const expected = expectedOf(sent);
    await expect.poll(async () => (await room!.tally('k:1'))?.fired, { timeout: 30_000 }).toEqual(['bell']);
    for (const partition of [0, 1]) {
      await expect
        .poll(() => room!.tally(injectedKey(partition), partition), { timeout: 30_000 })
        .toEqual({ ...emptyTally(), count: INJECTIONS, sum: (INJECTIONS * (INJECTIONS + 1)) / 2 });
    }
    await room.settled();
    expected.tallies.get('k:1')!.fired.push('bell');
    const found = await room.found(sent);
    const bells = found.outputs.get('k:1')!.filter((text) => text === 'k:1 fired bell');
    expect(bells).toHaveLength(1);
    found.outputs.set(
      'k:1',
      found.outputs.get('k:1')!.filter((text) => !text.includes('fired')),
    );
    for (const partition of [0, 1]) {
      expect(found.outputs.get(injectedKey(partition))).toHaveLength(INJECTIONS);
      found.outputs.delete(injectedKey(partition));
    }
    expect(found).toEqual(expected);
    await (await room.kafka.admin()).deleteTopics([definitionsTopic]);
  },
  180_000,
);
