import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPart, type RunningPart } from '@hermes/stack/parts/instance';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { acceptLoss } from '@hermes/stream-runtime/accept-loss';
import { metaKey } from '@hermes/stream-runtime/state-keys';
import { eventually } from '@hermes/stream-runtime/testing/servers';
import { expectedOf, type Sent } from '@hermes/stream-runtime/testing/tally-model';
import { inputOf, JOB, TallyRoom } from '@hermes/stream-runtime/testing/tally-room';

let dataDir: string;
let valkey: RunningPart;
let kafka: RunningPart;
let room: TallyRoom | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hermes-outages-'));
  [valkey, kafka] = await Promise.all([
    startPart('valkey', { dataDir: join(dataDir, 'valkey') }),
    startPart('kafka', { dataDir: join(dataDir, 'kafka') }),
  ]);
}, 120_000);
afterEach(() => room?.close());
afterAll(async () => {
  await Promise.all([valkey?.kill9(), kafka?.kill9()]);
  await rm(dataDir, { recursive: true, force: true });
});

const open = async (partitions: number): Promise<TallyRoom> => {
  room = await TallyRoom.open(partitions, { brokers: kafka.url, redisUrl: valkey.url });
  return room;
};
const wave = (from: number): Sent[] =>
  Array.from({ length: 60 }, (_, i) => ({
    key: `k:${(i * 5) % 13}`,
    command: i === 20 ? { do: 'reject' } : { do: 'add', amount: from + i },
  }));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const quiet = { logger: { info: () => undefined, warn: () => undefined, error: () => undefined } };

describe('a processor whose servers die', () => {
  test('Valkey killed and restarted in the midst of steps: it goes on by itself, and every record counts once', async () => {
    const here = await open(2);
    const stops: string[] = [];
    await here.start(quiet, { onStopped: ({ code }) => void stops.push(code) });
    const sent: Sent[] = [];
    const feed = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round++) {
        const more = wave(sent.length);
        sent.push(...more);
        await here.send(more);
        await pause(15);
      }
    };
    for (let outage = 0; outage < 3; outage++) {
      const feeding = feed(12);
      await pause(40 + Math.random() * 120);
      await valkey.kill9();
      await pause(300);
      await valkey.restart();
      await feeding;
    }
    await here.settled();
    expect(await here.found(sent)).toEqual(expectedOf(sent));
    expect(stops).toEqual([]);
  });

  test('Kafka killed and restarted: what was committed is sent afterwards, once, in order', async () => {
    const here = await open(2);
    await here.start(quiet);
    const sent = wave(0);
    await here.send(sent);
    await here.settled();
    const more = wave(1_000);
    sent.push(...more);
    await here.send(more);
    await kafka.kill9();
    await pause(500);
    await kafka.restart();
    const last = wave(2_000);
    sent.push(...last);
    await here.send(last);
    await here.settled();
    expect(await here.found(sent)).toEqual(expectedOf(sent));
  }, 120_000);

  test('the function library is gone from the server: it is loaded again', async () => {
    const here = await open(1);
    await here.start(quiet);
    const sent = wave(0);
    await here.send(sent);
    await here.settled();
    await here.redis.call('FUNCTION', 'FLUSH');
    const more = wave(500);
    sent.push(...more);
    await here.send(more);
    await here.settled();
    expect(await here.found(sent)).toEqual(expectedOf(sent));
  });

  test('a topic that was deleted and made anew stops the partition, at the start and in the midst of running', async () => {
    const here = await open(1);
    const stops: string[] = [];
    const first = await here.start(quiet, { onStopped: ({ code }) => void stops.push(`running ${code}`) });
    await here.send(wave(0));
    await here.settled();
    const admin = await here.kafka.admin();
    await admin.deleteTopics([inputOf(here.address.name)]);
    await eventually('the topic is gone', async () =>
      (await admin.describeTopic(inputOf(here.address.name))) === undefined ? true : undefined,
    );
    await admin.ensureTopics([
      { name: inputOf(here.address.name), partitions: 1, cleanupPolicy: 'delete', retentionMs: -1, retentionBytes: -1 },
    ]);
    await eventually('the running processor stops', () => (stops.length > 0 ? true : undefined), 30_000);
    expect(stops[0]).toMatch(/^running (topic-replaced|offset-out-of-range)$/);
    expect(first.owned()).toEqual([]);
    await first.close();
    stops.length = 0;
    await here.start(quiet, { onStopped: ({ code }) => void stops.push(`started ${code}`) });
    await eventually('the started processor stops', () => (stops.length > 0 ? true : undefined), 30_000);
    expect(stops).toEqual(['started topic-replaced']);
  }, 90_000);

  test('an offset that the state names and Kafka no longer has stops the partition: never a silent reset', async () => {
    const here = await open(1);
    const first = await here.start(quiet);
    await here.send(wave(0));
    await here.settled();
    await first.close();
    // As if retention had taken the records in between: the state is far behind, or ahead of what there is.
    await here.redis.hset(metaKey(JOB, here.address.name, 0), 'offset', '1000000');
    const stops: string[] = [];
    await here.start(quiet, { onStopped: ({ code }) => void stops.push(code) });
    await eventually('it stops', () => (stops.length > 0 ? true : undefined), 30_000);
    expect(stops).toEqual(['offset-out-of-range']);
    expect(await here.redis.hget(metaKey(JOB, here.address.name, 0), 'offset')).toBe('1000000');
  });

  test('a person may accept the loss: the partition then goes on from the offset that was named', async () => {
    const here = await open(1);
    const first = await here.start(quiet);
    await here.send(wave(0));
    await here.settled();
    await first.close();
    await here.redis.hset(metaKey(JOB, here.address.name, 0), 'offset', '1000000');
    const { topicId } = (await (await here.kafka.admin()).describeTopic(inputOf(here.address.name)))!;
    const loss = { job: JOB, project: here.address.name, partition: 0, nextOffset: 60, topicId };
    expect(await acceptLoss(here.redis as Redis, loss)).toEqual({ offset: 1_000_000, topicId });
    await here.start(quiet);
    await here.send([{ key: 'k:1', command: { do: 'forget' } }]);
    await here.settled();
    expect(await here.tally('k:1')).toBeUndefined();
  });
});
