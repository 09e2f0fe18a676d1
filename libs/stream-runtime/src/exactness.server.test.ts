import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { emptyTally, type TallyCommand } from './testing/tally.ts';
import { injectedKey } from './testing/tally-injections.ts';
import { expectedOf, type Sent } from './testing/tally-model.ts';
import { type SentRecord, TallyRoom } from './testing/tally-room.ts';

let room: TallyRoom | undefined;
afterEach(() => room?.close());

/** Into every partition, beside the records. */
const INJECTIONS = 40;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const command: fc.Arbitrary<TallyCommand> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), amount: fc.nat(1_000) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), amount: fc.nat(1_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reject' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('throw' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const) }) },
);
const records = fc.array(fc.record({ key: fc.nat(25).map((n) => `broker:b-${n}`), command }), {
  minLength: 1,
  maxLength: 400,
});
/** Some records, sent in one go; then, for some of them, once more (as a sender does that lost an answer); then what happens. */
const phase = fc.record({
  records,
  resent: fc.nat(60),
  waitMs: fc.nat(150),
  then: fc.constantFrom('go on', 'kill one', 'kill all', 'end one in order', 'add one'),
});

/** What happened in a run, in short: printed with a counterexample. */
type Phase = typeof phase extends fc.Arbitrary<infer T> ? T : never;

async function live(phases: readonly Phase[], partitions: number, processes: number): Promise<void> {
  const here = await TallyRoom.open(partitions);
  room = here;
  // After a kill the next processes come as another group: they need not wait for the session of the dead to end.
  let generation = 0;
  const start = () =>
    here.spawn({ groupId: `${here.address.name}.${generation}`, maxKeysPerStep: 15, injections: INJECTIONS });
  let running = Array.from({ length: processes }, start);
  const sent: Sent[] = [];
  for (const { records: wave, resent, waitMs, then } of phases) {
    const numbered: SentRecord[] = wave.map((record, i) => ({ ...record, sequence: sent.length + i + 1 }));
    sent.push(...wave);
    await here.send(numbered);
    if (resent > 0) await here.send(numbered.slice(-resent));
    await pause(waitMs + (then === 'go on' ? 0 : 400));
    if (then === 'kill all' || then === 'kill one') {
      const doomed = then === 'kill all' ? running : running.slice(0, 1);
      for (const child of doomed) child.kill('SIGKILL');
      generation += 1;
      running = [...running.filter((child) => !doomed.includes(child)), ...doomed.map(start)];
    }
    if (then === 'end one in order') {
      const [leaving, ...staying] = running;
      leaving!.kill('SIGTERM');
      await once(leaving!, 'exit');
      running = [...staying, start()];
    }
    if (then === 'add one') running.push(start());
  }
  await here.settled();
  for (let partition = 0; partition < partitions; partition++) {
    const expected = { ...emptyTally(), count: INJECTIONS, sum: (INJECTIONS * (INJECTIONS + 1)) / 2 };
    await expect.poll(() => here.tally(injectedKey(partition), partition), { timeout: 30_000 }).toEqual(expected);
  }
  await here.settled();
  const found = await here.found(sent);
  for (let partition = 0; partition < partitions; partition++) {
    const outputs = found.outputs.get(injectedKey(partition));
    expect(outputs).toHaveLength(INJECTIONS);
    found.outputs.delete(injectedKey(partition));
  }
  expect(found).toEqual(expectedOf(sent));
  await here.close();
  room = undefined;
}

describe.each([
  { partitions: 1, processes: 1 },
  { partitions: 8, processes: 1 },
  { partitions: 1, processes: 3 },
  { partitions: 8, processes: 3 },
])('on $partitions partitions with $processes processes', ({ partitions, processes }) => {
  test('whatever is sent, resent, killed, ended and added: state and outputs are those of the one-line model', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(phase, { minLength: 2, maxLength: 5 }), (phases) =>
        live(phases, partitions, processes),
      ),
      { numRuns: Number(process.env['HERMES_PROPERTY_RUNS'] ?? 2), endOnFailure: true },
    );
  }, 180_000);
});
