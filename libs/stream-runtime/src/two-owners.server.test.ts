import { afterEach, describe, expect, test } from 'vitest';
import { FaultyLink } from './testing/faulty-link.ts';
import { eventually, fromEnvironment } from './testing/servers.ts';
import { expectedOf, type Sent } from './testing/tally-model.ts';
import { JOB, TallyRoom } from './testing/tally-room.ts';
import { metaKey } from './state-keys.ts';

let room: TallyRoom | undefined;
afterEach(() => room?.close());

const wave = (from: number): Sent[] =>
  Array.from({ length: 60 }, (_, i) => ({ key: `k:${i % 9}`, command: { do: 'add', amount: from + i } }));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('two live owners of one partition', () => {
  test('the older one stops at its next step, and every record counts once', async () => {
    room = await TallyRoom.open(1);
    const { name } = room.address;
    const stops: string[] = [];
    const observe = (who: string) => ({ onStopped: ({ code }: { code: string }) => void stops.push(`${who} ${code}`) });
    const older = await room.start({ groupId: `${name}.one`, sessionTimeoutMs: 30_000 }, observe('older'));
    const sent = wave(0);
    await room.send(sent);
    await room.settled();
    // Another group: Kafka gives the same partition to both, as it would to a member that it believes dead.
    const newer = await room.start({ groupId: `${name}.two`, sessionTimeoutMs: 30_000 }, observe('newer'));
    await eventually('the newer one owns it', () => (newer.owned().length === 1 ? true : undefined));
    for (let round = 1; round <= 10; round++) {
      const more = wave(round * 1_000);
      sent.push(...more);
      await room.send(more);
      await pause(20);
    }
    await room.settled();
    expect(await room.found(sent)).toEqual(expectedOf(sent));
    await eventually('the older one has noticed', () => (stops.length > 0 ? true : undefined));
    expect(stops).toEqual(['older fenced']);
    expect(older.owned()).toEqual([]);
  });

  test('the one that the group still assigns after a session takes the partition back, again without a double', async () => {
    room = await TallyRoom.open(1);
    const { name } = room.address;
    const meta = metaKey(JOB, name, 0);
    await room.start({ sessionTimeoutMs: 6_000 });
    const sent = wave(0);
    await room.send(sent);
    await room.settled();
    // What a rival that died at once leaves behind.
    await room.redis.hincrby(meta, 'epoch', 1);
    await room.redis.hset(meta, 'owner', 'a rival');
    const more = wave(5_000);
    sent.push(...more);
    await room.send(more);
    await room.settled();
    expect(await room.found(sent)).toEqual(expectedOf(sent));
    expect(Number(await room.redis.hget(meta, 'epoch'))).toBe(3);
  });

  test('connections to the state store that break in the midst of a step: none is lost, none is applied twice', async () => {
    const { hostname, port } = new URL(fromEnvironment('REDIS_URL'));
    const link = await FaultyLink.to(hostname, Number(port), Math.random);
    room = await TallyRoom.open(2);
    const processor = await room.start({ redisUrl: `redis://127.0.0.1:${link.port}`, limits: { maxKeysPerStep: 4 } });
    const sent: Sent[] = [];
    const meta = metaKey(JOB, room.address.name, 0);
    for (let round = 0; round < 25 || (link.broken <= 5 && round < 500); round++) {
      [link.breakRequest, link.breakAnswer] = round % 5 === 0 ? [0, 0] : [0.04, 0.06];
      const more = wave(round * 100);
      sent.push(...more);
      await room.send(more);
      await pause(30);
    }
    link.breakRequest = link.breakAnswer = 0;
    await room.settled();
    expect(await room.found(sent)).toEqual(expectedOf(sent));
    expect(link.broken).toBeGreaterThan(5);
    expect(Number(await room.redis.hget(meta, 'epoch'))).toBeGreaterThan(2);
    await processor.close();
    await link.close();
  }, 120_000);
});
