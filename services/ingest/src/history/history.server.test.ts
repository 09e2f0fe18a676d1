import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver, KafkaProducer, ProducedAt } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import type { HermesEvent } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import { eventFigures } from '@hermes/service-kit/history/event-figures';
import { serviceToken } from '@hermes/service-kit/service-token';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import {
  buildService,
  endServices,
  eventually,
  type ServiceProcess,
  serverUrl,
  startService,
  TEST_SERVICE_SECRET,
} from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IngestProject, makeProject } from '../testing/test-project.ts';

const INGEST = new URL('../..', import.meta.url);

beforeAll(() => buildService(INGEST));

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: string | null;
  readonly counted: number | null;
  readonly events: readonly HermesEvent[];
}

describe.each([1, 8])('the history of a project with %i partitions', (partitions) => {
  let kafka: KafkaDriver;
  let producer: KafkaProducer;
  let project: IngestProject;
  let ingest: ServiceProcess;

  beforeAll(async () => {
    kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'history-test' });
    producer = await kafka.producer();
    project = await makeProject(kafka, partitions);
    ingest = await startService(INGEST);
    await eventually('the project is taken up', async () => ((await ask('limit=1')).status === 200 ? true : undefined));
  });
  afterAll(async () => {
    await endServices();
    await project.remove();
    await kafka.close();
  });

  async function ask(query: string, token?: string, service = ingest): Promise<Answer> {
    const bearer = token ?? (await serviceToken(TEST_SERVICE_SECRET, 'profile-store'));
    const response = await fetch(`${service.url}/v1/projects/${project.id}/events?${query}`, {
      headers: { authorization: `Bearer ${bearer}` },
    });
    const text = await response.text();
    return {
      status: response.status,
      code: response.ok ? undefined : (JSON.parse(text) as { code: string }).code,
      retryAfter: response.headers.get('retry-after'),
      counted: response.headers.has('hermes-events') ? Number(response.headers.get('hermes-events')) : null,
      events:
        response.ok && text !== ''
          ? text
              .trimEnd()
              .split('\n')
              .map((line) => JSON.parse(line) as HermesEvent)
          : [],
    };
  }

  let made = 0;
  const NOW_MS = Date.now();
  const events = (count: number, more: (i: number) => Partial<HermesEvent> = () => ({})): HermesEvent[] =>
    Array.from({ length: count }, (_, i) =>
      sampleEvent(project.id, {
        id: `h-${made++}`,
        subject: `broker:b-${i % 11}`,
        time: new Date(NOW_MS - ((i * 7_919) % 1_000)).toISOString(),
        ...more(i),
      }),
    );
  /** Onto `<project>.events`, as ingest's outbox writes. */
  const write = (some: readonly HermesEvent[]): Promise<readonly ProducedAt[]> => producer.send(some.map(eventRecord));
  const ids = (some: readonly { readonly id: string }[]): string[] => some.map(({ id }) => id).sort();

  test('until an offset of a partition it has each event whose first copy stands before it, however often it was sent', async () => {
    const sent = events(60, () => ({ type: 'place.tested' }));
    const first = await write(sent);
    const again = await write(sent.slice(20, 50));
    await write(sent.slice(20, 50));
    // With 8 partitions one of them stays empty.
    expect(new Set(first.map(({ partition }) => partition)).size).toBe(partitions === 1 ? 1 : 7);
    const home = first.map(({ partition, offset }, i) => ({ id: sent[i]!.id, partition, offset }));
    for (let partition = 0; partition < partitions; partition++) {
      const mine = home.filter((place) => place.partition === partition);
      // After the copies in the table as well: the cut lies between a first copy and its repeat.
      const cuts = [
        0,
        ...mine.map(({ offset }) => offset),
        ...again.filter((p) => p.partition === partition).map((p) => p.offset),
      ];
      for (const cut of cuts.filter((_, i) => i % 4 === 0)) {
        const answer = await ask(`type=place.tested&partition=${partition}&untilOffset=${cut}&complete=true`);
        expect([partition, cut, ids(answer.events)]).toEqual([
          partition,
          cut,
          ids(mine.filter(({ offset }) => offset < cut)),
        ]);
      }
      const whole = await ask(`type=place.tested&partition=${partition}&complete=true`);
      expect(ids(whole.events)).toEqual(ids(mine));
    }
  });

  test('asked for places, each line says at which offset of the partition its event stands', async () => {
    const sent = events(30, () => ({ type: 'line.tested' }));
    const placed = await write(sent);
    for (const { partition } of placed) {
      const query = `type=line.tested&partition=${partition}&places=true&complete=true`;
      const { events: lines } = await ask(query);
      const found = (lines as unknown as { offset: number; event: HermesEvent }[]).map(({ offset, event }) => [
        event.id,
        offset,
      ]);
      const expected = sent.flatMap(({ id }, i) =>
        placed[i]!.partition === partition ? [[id, placed[i]!.offset]] : [],
      );
      expect(found.sort()).toEqual(expected.sort());
    }
    expect((await ask('type=line.tested&places=true')).status).toBe(400);
  });

  test('figures say how much there was of the types asked for lately', async () => {
    await write(events(30, () => ({ type: 'figure.tested' })));
    await ask('type=figure.tested&complete=true');
    const setting = { service: 'rule-engine', ingestUrl: ingest.url, serviceSecret: TEST_SERVICE_SECRET } as const;
    const figures = await eventFigures(setting, project.id, ['figure.tested', 'nothing.tested'], 30);
    expect(figures).toEqual({ days: 1 / 24, types: [{ type: 'figure.tested', events: 30, subjects: 11 }] });
    expect(await eventFigures({ ...setting, ingestUrl: 'http://127.0.0.1:9' }, project.id, ['a.b'], 1)).toBeUndefined();
  });

  test('complete means everything that stood on the topic at the request, while more is being written', async () => {
    const acknowledged: HermesEvent[] = [];
    let isWriting = true;
    const writing = (async () => {
      while (isWriting) {
        const some = events(20, () => ({ type: 'flow.tested' }));
        await write(some);
        acknowledged.push(...some);
      }
    })();
    for (let round = 0; round < 4; round++) {
      const before = ids(acknowledged);
      const answer = await ask('type=flow.tested&complete=true');
      expect(answer.status).toBe(200);
      const there = new Set(ids(answer.events));
      expect(before.filter((id) => !there.has(id))).toEqual([]);
      expect(there.size).toBe(answer.events.length);
    }
    isWriting = false;
    await writing;
  });

  test('ordered by subject it has all types asked for side by side, goes on after a subject, and knows the receipt', async () => {
    const types = ['order.one', 'order.two', 'order.three'];
    const [early, late] = [NOW_MS, NOW_MS + 1].map((ms) => new Date(ms).toISOString());
    const receipts = [early!, late!];
    const sent = events(120, (i) => ({ type: types[i % 3]!, receivedat: receipts[i % 2]! }));
    await write(sent);
    const two = 'type=order.one&type=order.two&order=subject&complete=true';
    const place = (event: HermesEvent): string => [event.subject, event.time, event.source, event.id].join('\u0000');
    const expected = sent.filter(({ type }) => type !== 'order.three').sort((a, b) => (place(a) < place(b) ? -1 : 1));
    expect((await ask(two)).events).toEqual(expected);
    const rest = await ask(`${two}&afterSubject=broker:b-3`);
    expect(rest.events).toEqual(expected.filter(({ subject }) => subject > 'broker:b-3'));
    const received = await ask(`${two}&receivedTo=${early}`);
    expect(received.events).toEqual(expected.filter(({ receivedat }) => receivedat === early));
    expect((await ask('type=order.three&complete=true')).events).toHaveLength(40);
  });

  test('ordered by subject and offset it has each subject’s events as its partition has them, between two receipts, and says how many', async () => {
    const [early, late] = [NOW_MS, NOW_MS + 1].map((ms) => new Date(ms).toISOString());
    const receipts = [early!, late!];
    const types = ['log.one', 'log.two'];
    const sent = events(60, (i) => ({ type: types[i % 2]!, receivedat: receipts[i % 2]! }));
    await write(sent);
    await write(sent.slice(0, 20));
    const both = 'type=log.one&type=log.two&order=subject-offset&complete=true';
    const expected = sent.toSorted((a, b) => (a.subject === b.subject ? 0 : a.subject < b.subject ? -1 : 1));
    const answer = await ask(`${both}&counted=true`);
    expect(answer.events).toEqual(expected);
    expect(answer.counted).toBeGreaterThanOrEqual(60);
    const rest = await ask(`${both}&afterSubject=broker:b-3&receivedFrom=${late}`);
    expect(rest.events).toEqual(
      expected.filter(({ subject, receivedat }) => subject > 'broker:b-3' && receivedat === late),
    );
    expect(rest.counted).toBeNull();
  });

  test('in the order of the log it has each partition’s events as they stand there, the partitions side by side by their clocks', async () => {
    // Some receipts go back, as those of two processes may, and some for longer than a stretch of a partition by which the clock is reckoned.
    const backMs = (i: number): number => (i >= 1_300 && i < 2_400 ? 40_000 : i % 7 === 0 ? 35 : 0);
    const receiptMs = (i: number): number => NOW_MS + i * 10 - backMs(i);
    const sent = events(2_600, (i) => ({
      type: i % 2 === 0 ? 'side.one' : 'side.two',
      receivedat: new Date(receiptMs(i)).toISOString(),
    }));
    const placed = await write(sent);
    const clocks = new Map<number, number>();
    const expected = sent
      .map((event, i) => {
        const { partition, offset } = placed[i]!;
        const clockMs = Math.max(clocks.get(partition) ?? 0, Date.parse(event.receivedat));
        clocks.set(partition, clockMs);
        return { event, partition, offset, clockMs };
      })
      .sort((a, b) => a.clockMs - b.clockMs || a.partition - b.partition || a.offset - b.offset);
    const answer = await ask('type=side.one&type=side.two&order=log&complete=true');
    expect(answer.events).toEqual(expected.map(({ event }) => event));
    expect((await ask('order=log&afterSubject=broker:b-3')).status).toBe(400);
  });

  test('an event comes out as it went in, whatever its texts hold', async () => {
    const odd = ['"', '\\', '/', '\u0001', '\u2028', '签约 🏠', '<b>&amp;', "it's", '{"a":1}', 'a\\nb', '\\\\"'];
    const sent = odd.map(
      (one, i) =>
        events(1, () => ({
          type: 'odd.tested',
          ...(i === 0 ? { hermesdepth: 2 } : {}),
          source: `app/${one}`,
          id: `odd ${one}`,
          subject: `broker:${one.replaceAll(/\s/g, '-')}`,
          time: `2026-03-01T00:00:0${i % 10}.00${i % 10}Z`,
          data: { [one]: [one, null, 1.5, { deep: `${one}\n\t` }] },
        }))[0]!,
    );
    await write(sent);
    const byId = (some: readonly HermesEvent[]) => some.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId((await ask('type=odd.tested&complete=true')).events)).toEqual(byId(sent));
  });

  test('rows of an older build, whose places are not known, are in the partition of their subject, before every offset', async () => {
    const old = events(22, () => ({ type: 'old.tested' }));
    const clickhouse = openClickHouse(serverUrl('CLICKHOUSE_URL'));
    const values = old.map(({ type, subject, time, source, id, receivedat, data }) => ({
      ...{ project: project.id, type, subject, time, source, id, received_at: receivedat, accepted_at: receivedat },
      data: JSON.stringify(data),
    }));
    await clickhouse.insert({ table: 'ingest.event_log', values, format: 'JSONEachRow' });
    await clickhouse.close();
    for (let partition = 0; partition < partitions; partition++) {
      const answer = await ask(`type=old.tested&partition=${partition}&untilOffset=0`);
      expect(ids(answer.events)).toEqual(
        ids(old.filter(({ subject }) => partitionOf(subject, partitions) === partition)),
      );
    }
  });

  test('services, keys that read and viewers may ask; others are told what is wrong', async () => {
    const as = async (token: string, query = 'limit=1'): Promise<unknown> => (await ask(query, token)).status;
    const readers = [project.readKey, await project.token('viewer')];
    expect(await Promise.all(readers.map((token) => as(token)))).toEqual([200, 200]);
    expect(await as(project.writeKey)).toBe(403);
    expect(await as(await serviceToken('another-secret-that-is-long-enough-0123', 'profile-store'))).toBe(401);
    for (const query of [
      'untilOffset=3',
      'partition=-1',
      'afterSubject=broker:b-1',
      'order=time',
      'complete=yes',
      'type=X',
    ]) {
      expect([query, (await ask(query)).code]).toEqual([query, 'invalid-input']);
    }
    expect((await ask(`partition=${partitions}`)).status).toBe(404);
  });

  test('a history that cannot catch up says so, and when to ask again', async () => {
    await write(events(1));
    const [place] = await write(events(1));
    const beyond = `partition=${place!.partition}&untilOffset=${place!.offset + 100}&complete=true`;
    expect(await ask(beyond)).toMatchObject({ status: 503, code: 'history-behind', retryAfter: '5' });
  });
});
