import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GroupHandlers, KafkaBatch, KafkaDriver, KafkaRecord } from '@hermes/connectors/kafka/driver';
import { planScript } from '@hermes/stream-sql/plan/plan-script';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CheckpointStore } from './checkpoint-store.ts';
import { MANIFESTS } from './manifest.ts';
import type { Checkpoint } from './manifest.ts';
import { Run } from './run.ts';

const SQL = `
CREATE TABLE source (id STRING) WITH ('connector' = 'kafka', 'topic' = 'p.events', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
CREATE TABLE target (id STRING NOT NULL) WITH ('connector' = 'clickhouse', 'table-name' = 'target');
INSERT INTO target SELECT id FROM source;`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-'));
});
afterEach(() => rm(folder, { recursive: true }));

const record = (offset: number, sequence: number): KafkaRecord => ({
  topic: 'p.events',
  partition: 0,
  offset,
  key: null,
  value: Buffer.from(`{"id":"${sequence}"}`),
  headers: { hermes_origin: Buffer.from('o'), hermes_sequence: Buffer.from(String(sequence)) },
  timestampMs: 0,
});
const batch = (...records: KafkaRecord[]): KafkaBatch => ({
  topic: 'p.events',
  partition: 0,
  records,
  highWatermark: 9,
});

/** A run between a Kafka and a target that are played by the test; its checkpoints are real. */
async function start(epoch: number) {
  const planned = planScript(SQL, { project: 'p' });
  if (planned.kind === 'refused') throw new Error(JSON.stringify(planned.problems));
  const { plan } = planned;
  const begun = Promise.withResolvers<void>();
  let handlers!: GroupHandlers;
  const kafka = {
    admin: async () => ({
      describeTopic: async () => ({ topicId: 'id', partitions: 1 }),
      offsets: async () => new Map([[0, { earliest: 0, latest: 0 }]]),
      close: async () => undefined,
    }),
    groupConsumer: async (options: { readonly handlers: GroupHandlers }) => {
      handlers = options.handlers;
      return { close: async () => undefined };
    },
  } as unknown as KafkaDriver;
  const { store, newest } = await CheckpointStore.open(join(folder, 'r'), epoch, MANIFESTS);
  const written: Checkpoint[] = [];
  const write = store.write.bind(store);
  store.write = async (checkpoint) => {
    written.push(checkpoint);
    await write(checkpoint);
  };
  const order = {
    kind: 'start',
    project: 'p',
    job: 'j',
    run: 'r',
    epoch,
    plan,
    checkpointIntervalMs: 20,
    folder,
    kafkaBrokers: [],
    kafkaDriver: 'kafkajs',
    clickhouseUrl: '',
    database: 'd',
    profileStore: null,
  } as const;
  const run = new Run({
    order,
    kafka,
    store,
    newest,
    delivery: { target: 'nobody', send: async () => undefined, store },
    lookup: undefined,
  });
  const end = run.live(begun.resolve);
  end.catch(() => undefined);
  await begun.promise;
  return { run, end, handlers, written };
}

test('a repeat moves the offset and nothing else, also for the process after', async () => {
  const first = await start(1);
  await first.handlers.onBatch(batch(record(0, 1), record(1, 1)));
  first.run.stop();
  await first.end;
  expect(first.written.at(-1)).toMatchObject({
    offsets: new Map([[0, 2]]),
    origins: new Map([[0, new Map([['o', 1]])]]),
    rowsWritten: 1,
  });
  const second = await start(2);
  await second.handlers.onBatch(batch(record(2, 1)));
  second.run.stop();
  await second.end;
  expect(second.written.at(-1)).toMatchObject({ offsets: new Map([[0, 3]]), rowsWritten: 1, blocks: [] });
  expect(second.run.report().figures.rowsRead).toBe(1);
});

test('after a batch that broke off half-way there is no checkpoint: the state has changed, the offset has not', async () => {
  const { end, handlers, written } = await start(1);
  await handlers.onBatch(batch(record(0, 1)));
  const defect = new Error('a defect');
  const broken: KafkaRecord = Object.defineProperty(record(2, 3), 'value', {
    get: () => {
      throw defect;
    },
  });
  await expect(handlers.onBatch(batch(record(1, 2), broken))).rejects.toThrow(defect);
  await handlers.onBatch(batch(record(3, 4)));
  await sleep(60);
  expect(written).toHaveLength(1);
  handlers.onStopped({ topic: 'p.events', partition: 0 }, { code: 'handler', cause: defect });
  await expect(end).rejects.toThrow(defect);
});
