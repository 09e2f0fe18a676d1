import { setTimeout as sleep } from 'node:timers/promises';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { expect, test, vi } from 'vitest';
import { ATTRIBUTE_JOB, expectedAttributes, InboxReader } from './testing/attribute-job.ts';
import { sendDeals } from './testing/deals.ts';
import { openRunRoom } from './testing/run-room.ts';
import { RunHarness } from './testing/run-harness.ts';

// Several processes are started in a row; on a busy machine each may take seconds.
vi.setConfig({ testTimeout: 180_000 });

const PARTITIONS = 4;
const room = openRunRoom(PARTITIONS);

const points = [
  'batch-processed:2',
  'before-checkpoint:2',
  'checkpoint-durable:2',
  'attributes-sent',
  'attributes-sent:2',
  'block-inserted',
  'delivered:2',
  'restored',
  'redelivered',
] as const;

test.each(points)(
  'killed at %s, and again at random, each row is one event, in the order of its subject; what came twice is the same',
  async (point) => {
    const count = 3_000;
    const beganAt = new Date().toISOString();
    const harness = await RunHarness.open(room.clickhouse, room.project.id, ATTRIBUTE_JOB);
    // Enough to read at once for a block of several calls.
    await sendDeals(room.producer, room.project.id, 0, 1_500);
    const sending = sendDeals(room.producer, room.project.id, 1_500, count);
    if (point.startsWith('re')) {
      const first = harness.start();
      await eventually('a checkpoint', () => harness.figures?.lastCheckpoint ?? undefined);
      await harness.kill(first);
    }
    expect(await harness.start(point).ended).toEqual({ kind: 'died', reason: "the run's process ended with SIGKILL" });
    const second = harness.start();
    await sleep(300 + Math.random() * 2_500);
    await harness.kill(second);
    await sending;
    const inbox = await InboxReader.open(room.kafka, room.project.id);
    harness.figures = undefined;
    const last = harness.start();
    const wanted = expectedAttributes(room.project.id, count);
    const rows = [...wanted.values()].reduce((sum, each) => sum + each.length, 0);
    await eventually(`${rows} events`, () => (inbox.events.length >= rows ? true : undefined), 60_000).catch(
      () => undefined,
    );
    // A process that is stopped in the midst of its start takes that long to stop.
    await eventually('the last process has begun', () => harness.figures?.lastCheckpoint ?? undefined, 60_000);
    await last.stop();
    expect(await last.ended).toEqual({ kind: 'stopped' });
    expect(inbox.bySubject()).toEqual(wanted);
    expect(inbox.changed).toEqual([]);
    if (point === 'attributes-sent:2') expect(inbox.repeats).toBeGreaterThan(0);
    expect(harness.figures).toMatchObject({ badRows: 0, rowsWritten: rows });
    const endedAt = new Date().toISOString();
    for (const { type, source, time, receivedat } of inbox.events) {
      expect([type, source]).toEqual(['hermes.attributes_set', '/sql/job']);
      expect(time).toBe(receivedat);
      expect(receivedat >= beganAt && receivedat <= endedAt).toBe(true);
    }
    await inbox.close();
    await harness.close();
  },
);

test('a row whose subject is none becomes a dead letter with a reason; the rest goes on', async () => {
  const harness = await RunHarness.open(room.clickhouse, room.project.id, ATTRIBUTE_JOB);
  const deal = (subject: unknown) => ({
    ...eventRecord(sampleEvent(room.project.id, { id: 'x', data: { dealId: 'd-x' } })),
    partition: 0,
    value: JSON.stringify({ ...sampleEvent(room.project.id, { id: 'x', data: { dealId: 'd-x' } }), subject }),
  });
  await room.producer.send([deal('nonsense'), deal(null), deal('broker:b-1')]);
  const dead: string[] = [];
  const follower = await room.kafka.follow({
    topic: `${room.project.id}.sql-executor.dlq`,
    onRecord: ({ headers }) =>
      void dead.push(`${headers['hermes_code']?.toString()} ${headers['hermes_from']?.toString()}`),
  });
  const inbox = await InboxReader.open(room.kafka, room.project.id);
  const running = harness.start();
  await eventually('two dead letters', () => (dead.length === 2 ? true : undefined));
  await eventually('an event', () => (inbox.events.length === 1 ? true : undefined));
  expect(dead).toEqual([`bad-subject ${room.project.id}.events/0/0`, `not-null ${room.project.id}.events/0/1`]);
  expect(inbox.events[0]).toMatchObject({
    subject: 'broker:b-1',
    data: { attributes: { last_deal: 'd-x', line: null, price: null, area: null }, by: 'sql:job' },
  });
  await running.stop();
  await Promise.all([follower.close(), inbox.close(), harness.close()]);
});
