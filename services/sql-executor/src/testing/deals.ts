import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaMessage, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { type HermesEvent, OUTBOX_HEADERS } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import type { ClickHouseClient } from '@clickhouse/client';
import { projectDatabase } from '../targets/target-table.ts';

const LINES = ['second-hand', 'new-home', 'rental', 'decoration'];
/** 2026-01-01: the first minute of the deals below. */
export const FIRST_MS = Date.UTC(2026, 0, 1);

/** Deal number `n`: deterministic, 100 to a minute by receivedat, cents included, some not deals at all. */
export function dealEvent(project: string, n: number): HermesEvent {
  const at = new Date(FIRST_MS + n * 600).toISOString();
  return sampleEvent(project, {
    id: `e-${n}`,
    subject: `broker:b-${n % 37}`,
    type: n % 10 === 9 ? 'home.viewed' : 'deal.signed',
    time: at,
    receivedat: at,
    data: {
      dealId: `d-${n}`,
      line: LINES[n % 4],
      district: `district-${n % 7}`,
      totalPriceCny: `${1_000_000 + ((n * 7919) % 9_000_000)}.${String(n % 100).padStart(2, '0')}`,
      areaM2: 40 + (n % 120) / 2,
      signedAt: at,
    },
  });
}

/** Sends deals `from` to `to` (not with it), in requests of 100, over some seconds. */
export async function sendDeals(producer: KafkaProducer, project: string, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 100) {
    if (n > from) await sleep(50);
    await producer.send(
      Array.from({ length: Math.min(100, to - n) }, (_, i) => eventRecord(dealEvent(project, n + i))),
    );
  }
}

/** The records of deals 0 to `count` (not with it) as ingest's outbox sends them: each partition numbers its own. */
export function outboxDeals(project: string, count: number, partitions: number): readonly KafkaMessage[] {
  const sequences = new Map<string, number>();
  return Array.from({ length: count }, (_, n) => {
    const record = eventRecord(dealEvent(project, n));
    const partition = partitionOf(String(record.key), partitions);
    const origin = `ingest/${project}/${partition}/incarnation`;
    const sequence = (sequences.get(origin) ?? 0) + 1;
    sequences.set(origin, sequence);
    const place = { [OUTBOX_HEADERS.origin]: origin, [OUTBOX_HEADERS.sequence]: String(sequence) };
    return { ...record, partition, headers: { ...record.headers, ...place } };
  });
}

/** One late instant into each partition, so that every window before it is complete. */
export async function sendEnd(producer: KafkaProducer, project: string, partitions: number): Promise<void> {
  const at = new Date(FIRST_MS + 365 * 86_400_000).toISOString();
  await producer.send(
    Array.from({ length: partitions }, (_, partition) => ({
      ...eventRecord(sampleEvent(project, { id: `end-${partition}`, type: 'home.viewed', time: at, receivedat: at })),
      partition,
    })),
  );
}

const cents = (event: HermesEvent): bigint => BigInt(String(event.data['totalPriceCny']).replace('.', ''));
const isDeal = (event: HermesEvent): boolean => event.type === 'deal.signed';

/** What the table of the job `deals` must hold, computed on its own: one line a row, sorted. */
export function expectedDeals(project: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => dealEvent(project, n))
    .filter(isDeal)
    .map((event) =>
      [
        event.id,
        event.subject,
        event.data['line'],
        event.data['district'],
        event.data['totalPriceCny'],
        event.data['areaM2'],
        event.time,
      ].join(' '),
    )
    .sort();
}

/** What the table of the job `deal-minutes` must hold, computed on its own. */
export function expectedMinutes(project: string, count: number): string[] {
  const groups = new Map<string, { n: bigint; sum: bigint }>();
  for (let n = 0; n < count; n++) {
    const event = dealEvent(project, n);
    if (!isDeal(event)) continue;
    const minute = new Date(Math.floor(Date.parse(event.receivedat) / 60_000) * 60_000).toISOString();
    const key = `${minute} ${String(event.data['line'])} ${String(event.data['district'])}`;
    const group = groups.get(key) ?? { n: 0n, sum: 0n };
    groups.set(key, { n: group.n + 1n, sum: group.sum + cents(event) });
  }
  return [...groups].map(([key, { n, sum }]) => `${key} ${n} ${sum} ${(sum * 10_000n * 2n + n) / (n * 2n)}`).sort();
}

export async function foundDeals(client: ClickHouseClient, project: string): Promise<string[]> {
  const answer = await client.query({
    query: `SELECT concat(event_id, ' ', subject, ' ', line, ' ', district, ' ', toString(price_cny), ' ', toString(area_m2), ' ', formatDateTime(time, '%Y-%m-%dT%H:%i:%S.', 'UTC'), leftPad(toString(toUnixTimestamp64Milli(time) % 1000), 3, '0'), 'Z') AS line FROM ${projectDatabase(project)}.deals ORDER BY line`,
    format: 'JSONEachRow',
  });
  return (await answer.json<{ line: string }>()).map(({ line }) => normalPrice(line)).sort();
}

/** ClickHouse prints DECIMAL without trailing zeros. */
function normalPrice(line: string): string {
  const parts = line.split(' ');
  const [whole = '', fraction = ''] = parts[4]!.split('.');
  parts[4] = `${whole}.${fraction.padEnd(2, '0')}`;
  return parts.join(' ');
}

export async function foundMinutes(client: ClickHouseClient, project: string): Promise<string[]> {
  const answer = await client.query({
    query: `SELECT toUnixTimestamp64Milli(window_start) AS at, line, district, deals, toString(toInt128(total_price_cny * 100)) AS total, toString(toInt128(average_price_cny * 1000000)) AS average FROM ${projectDatabase(project)}.deal_minutes`,
    format: 'JSONEachRow',
  });
  const rows = await answer.json<{
    at: string;
    line: string;
    district: string;
    deals: string;
    total: string;
    average: string;
  }>();
  return rows
    .map(
      (row) =>
        `${new Date(Number(row.at)).toISOString()} ${row.line} ${row.district} ${row.deals} ${row.total} ${row.average}`,
    )
    .sort();
}

export async function dropTables(client: ClickHouseClient, project: string): Promise<void> {
  await client.command({ query: `DROP DATABASE IF EXISTS ${projectDatabase(project)}` });
}
