import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { expect, test, vi } from 'vitest';
import { openRunRoom } from './testing/run-room.ts';
import { RunHarness } from './testing/run-harness.ts';

vi.setConfig({ testTimeout: 120_000 });

const KINDS = 12;
const room = openRunRoom(2, ['totals', 'mirror']);

const TOTALS = `CREATE TABLE totals (kind STRING, n BIGINT NOT NULL, total BIGINT, PRIMARY KEY (kind) NOT ENFORCED) WITH (
    'connector' = 'upsert-kafka', 'topic' = '\${project}.totals', 'key.format' = 'raw', 'value.format' = 'json',
    'sink.delivery-guarantee' = 'exactly-once');`;
const AGGREGATE = `
  CREATE TABLE items (id INT, kind STRING, price INT, PRIMARY KEY (id) NOT ENFORCED) WITH (
    'connector' = 'kafka', 'topic' = '\${project}.events', 'format' = 'debezium-json', 'scan.startup.mode' = 'earliest-offset');
  ${TOTALS}
  INSERT INTO totals SELECT kind, COUNT(*), SUM(price) FROM items GROUP BY kind;`;
const MIRROR = `
  ${TOTALS}
  CREATE TABLE mirror (kind STRING, n BIGINT NOT NULL, total BIGINT) WITH (
    'connector' = 'kafka', 'topic' = '\${project}.mirror', 'format' = 'debezium-json', 'key.fields' = 'kind', 'key.format' = 'raw');
  INSERT INTO mirror SELECT * FROM totals WHERE n > 1;`;

interface Item {
  readonly id: number;
  readonly kind: string;
  readonly price: number;
}

/** A table that changes: rows come, move to another kind and go; now and then a tombstone, as Debezium sends it behind a delete. */
class Changing {
  readonly items = new Map<number, Item>();
  private seed = 7;

  private random(below: number): number {
    this.seed = (this.seed * 48_271) % 2_147_483_647;
    return this.seed % below;
  }

  next(): { readonly key: string; readonly value: string | null }[] {
    const id = this.random(60);
    const before = this.items.get(id) ?? null;
    const goes = before !== null && this.random(3) === 0;
    const after: Item | null = goes ? null : { id, kind: `k${this.random(KINDS)}`, price: this.random(100) };
    if (after === null) this.items.delete(id);
    else this.items.set(id, after);
    const op = before === null ? 'c' : after === null ? 'd' : 'u';
    const change = { key: String(id), value: JSON.stringify({ before, after, op }) };
    return goes ? [change, { key: String(id), value: null }] : [change];
  }

  /** What the aggregate must be, by kind. */
  totals(): ReadonlyMap<string, string> {
    const groups = Map.groupBy(this.items.values(), ({ kind }) => kind);
    return new Map(
      [...groups].map(([kind, rows]) => [
        kind,
        JSON.stringify({ kind, n: rows.length, total: rows.reduce((sum, { price }) => sum + price, 0) }),
      ]),
    );
  }
}

async function recordsOf(topic: string): Promise<readonly KafkaRecord[]> {
  const records: KafkaRecord[] = [];
  const admin = await room.kafka.admin();
  const there = await admin.describeTopic(topic);
  await admin.close();
  if (there === undefined) return [];
  const follower = await room.kafka.follow({ topic, onRecord: (record) => void records.push(record), maxWaitMs: 100 });
  await follower.caughtUp;
  await follower.close();
  return records;
}

/** The newest value of each key; a tombstone takes it away. */
function newest(records: readonly KafkaRecord[]): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const { key, value } of records)
    if (value === null) table.delete(String(key));
    else table.set(String(key), String(value));
  return table;
}

/** What is left of changes after all of them, as often as it is there. */
function remaining(records: readonly KafkaRecord[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { value } of records) {
    const { before, after } = JSON.parse(String(value)) as { before: object | null; after: object | null };
    for (const [row, by] of [
      [before, -1],
      [after, 1],
    ] as const) {
      if (row === null) continue;
      const text = JSON.stringify(row);
      const count = (counts.get(text) ?? 0) + by;
      if (count === 0) counts.delete(text);
      else counts.set(text, count);
    }
  }
  return counts;
}

const sorted = (entries: Iterable<readonly [string, unknown]>): unknown =>
  [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));

test('changes of a table, aggregated into a table by key and read from there, are right after kills', async () => {
  const harness = await RunHarness.open(room.clickhouse, room.project.id, AGGREGATE);
  const changing = new Changing();
  const send = async (count: number): Promise<void> => {
    const messages = Array.from({ length: count }, () => changing.next()).flat();
    await room.producer.send(messages.map((message) => ({ topic: `${room.project.id}.events`, ...message })));
  };
  await send(300);
  expect(await harness.start('records-committed').ended).toMatchObject({ kind: 'died' });
  const second = harness.start();
  for (let i = 0; i < 10; i++) {
    await send(50);
    await sleep(20);
  }
  await harness.kill(second);
  await send(200);
  const last = harness.start();
  const totals = `${room.project.id}.totals`;
  const expected = sorted(changing.totals());
  await eventually('the totals', async () =>
    JSON.stringify(sorted(newest(await recordsOf(totals)))) === JSON.stringify(expected) ? true : undefined,
  );
  await last.stop();
  const records = await recordsOf(totals);
  expect(sorted(newest(records))).toEqual(expected);
  expect(records.some(({ value }) => value === null)).toBe(true);
  expect(harness.failures).toEqual([]);
  await harness.close();

  const mirroring = await RunHarness.open(room.clickhouse, room.project.id, MIRROR);
  const running = mirroring.start();
  const several = [...changing.totals().values()].filter((text) => (JSON.parse(text) as { n: number }).n > 1);
  const wanted = JSON.stringify(sorted(several.map((text) => [text, 1] as const)));
  await eventually('the mirror', async () =>
    JSON.stringify(sorted(remaining(await recordsOf(`${room.project.id}.mirror`)))) === wanted ? true : undefined,
  );
  await running.stop();
  expect(mirroring.failures).toEqual([]);
  await mirroring.close();
});
