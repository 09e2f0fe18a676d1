import { afterEach, expect, test } from 'vitest';
import { partitionKeys, stateKey } from './state-keys.ts';
import type { PartitionMirror, StateMirror } from './state-mirror.ts';
import { eventually } from './testing/servers.ts';
import type { TallyCommand } from './testing/tally.ts';
import { JOB, TallyRoom } from './testing/tally-room.ts';

let room: TallyRoom | undefined;
afterEach(() => room?.close());

const quiet = { logger: { info: () => undefined, warn: () => undefined, error: () => undefined } };

/** Keeps what it is told, by key in Valkey; undefined: to be read there. */
class KeptState implements StateMirror {
  readonly values = new Map<string, string | undefined>();
  readonly opened: string[] = [];
  readonly closed: string[] = [];

  open(prefix: string): PartitionMirror {
    this.opened.push(prefix);
    return {
      committed: (_, changes) => {
        for (const { key, bytes, sameBytes } of changes) {
          const value = bytes?.toString('latin1');
          if (sameBytes > 0) expect(value?.slice(0, sameBytes)).toBe(this.values.get(prefix + key));
          this.values.set(prefix + key, value);
        }
      },
      close: () => void this.closed.push(prefix),
    };
  }
}

const COMMANDS: readonly ((i: number) => TallyCommand)[] = [
  (i) => ({ do: 'add', amount: i }),
  (i) => ({ do: 'append', amount: i }),
  (i) => ({ do: 'add', amount: -i }),
  () => ({ do: 'reject' }),
  () => ({ do: 'throw' }),
  () => ({ do: 'forget' }),
  () => ({ do: 'remember', ttlMs: 60_000 }),
  (i) => ({ do: 'append', amount: 2 * i }),
];

test('a mirror knows what was committed byte for byte, and sends to Valkey for what is gone or will be by itself', async () => {
  const here = await TallyRoom.open(2);
  room = here;
  const mirror = new KeptState();
  await here.start({ ...quiet, mirror });
  for (let wave = 0; wave < 5; wave++) {
    const sent = Array.from({ length: 80 }, (_, i) => ({
      key: `k:${String((i * 7) % 23)}`,
      command: COMMANDS[(i * 5 + wave * 3) % COMMANDS.length]!(i),
    }));
    await here.send(sent);
    await here.settled();
    let [kept, expiring, gone] = [0, 0, 0];
    for (const [key, value] of mirror.values) {
      const stored = (await here.redis.getBuffer(key))?.toString('latin1');
      const expires = (await here.redis.pttl(key)) > 0;
      expect(value).toBe(expires ? undefined : stored);
      if (stored === undefined) gone += 1;
      else if (expires) expiring += 1;
      else kept += 1;
    }
    expect(kept).toBeGreaterThan(0);
    if (wave === 4) expect(expiring + gone).toBeGreaterThan(0);
  }
  expect(new Set(mirror.opened)).toEqual(
    new Set([0, 1].map((partition) => partitionKeys(JOB, here.address.name, partition).statePrefix)),
  );
});

test('a mirror is closed when a newer owner has the partition, before anybody is told that it stopped', async () => {
  const here = await TallyRoom.open(1);
  room = here;
  const { name } = here.address;
  const mirror = new KeptState();
  let closedWhenStopped: number | undefined;
  await here.start(
    { ...quiet, mirror, groupId: `${name}.one`, sessionTimeoutMs: 30_000 },
    { onStopped: () => (closedWhenStopped ??= mirror.closed.length) },
  );
  await here.send([{ key: 'k', command: { do: 'add', amount: 1 } }]);
  await here.settled();
  const newer = await here.start({ ...quiet, groupId: `${name}.two`, sessionTimeoutMs: 30_000 });
  await eventually('the newer one owns it', () => (newer.owned().length === 1 ? true : undefined));
  await here.send([{ key: 'k', command: { do: 'add', amount: 2 } }]);
  await eventually('the older one has noticed', () => closedWhenStopped);
  expect(closedWhenStopped).toBe(1);
  // What the newer one has committed the older one's mirror was never told.
  expect(mirror.values.get(stateKey(JOB, name, 0, 'k'))).not.toBe(
    (await here.redis.getBuffer(stateKey(JOB, name, 0, 'k')))?.toString('latin1'),
  );
});
