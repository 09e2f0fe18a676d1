import type { HermesEvent } from '@hermes/contracts/event';
import { BreakableProxy } from '@hermes/service-kit/testing/breakable-proxy';
import { endServices, TEST_SERVICE_SECRET } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IngestRoom } from '@hermes/service-kit/testing/ingest-room';
import {
  HistoryClient,
  HistoryError,
  historyProblem,
  type HistoryQuery,
} from '@hermes/service-kit/history/history-client';

let room: IngestRoom;
let client: HistoryClient;
beforeAll(async () => {
  room = await IngestRoom.open();
  client = new HistoryClient({
    service: 'profile-store',
    ingestUrl: room.ingest.url,
    serviceSecret: TEST_SERVICE_SECRET,
  });
});
afterAll(async () => {
  await endServices();
  await room.remove();
});

async function all(query: HistoryQuery, from = client, signal?: AbortSignal): Promise<HermesEvent[]> {
  const events: HermesEvent[] = [];
  for await (const event of from.events(room.project.id, query, signal).events) events.push(event);
  return events;
}
const faultOf = (query: HistoryQuery, from = client): Promise<unknown> =>
  all(query, from).then(
    () => 'no fault',
    (error: unknown) => (error instanceof HistoryError ? error.fault : error),
  );

test('it reads just the events that were asked for, in the order that was asked for, and says since when they are kept', async () => {
  const sent = Array.from({ length: 40 }, (_, i) =>
    room.event({
      type: ['deal.signed', 'showing.ended', 'home.viewed'][i % 3]!,
      subject: `broker:b-${i % 4}`,
      time: new Date(Date.now() - i * 1_000).toISOString(),
      data: { i, text: '\u671d\u9633 "x"\n'.repeat(i) },
    }),
  );
  await room.write(sent);
  const read = client.events(room.project.id, {
    types: ['deal.signed', 'showing.ended'],
    order: 'subject',
    complete: true,
  });
  const events: HermesEvent[] = [];
  for await (const event of read.events) events.push(event);
  const expected = sent
    .filter(({ type }) => type !== 'home.viewed')
    .sort((a, b) => (`${a.subject} ${a.time}` < `${b.subject} ${b.time}` ? -1 : 1));
  expect(events).toEqual(expected);
  const days = (Date.now() - Date.parse(read.keptSince())) / 86_400_000;
  expect(days).toBeGreaterThan(80);
  const late = await all({ types: ['deal.signed', 'showing.ended'], order: 'subject', afterSubject: 'broker:b-2' });
  expect(late).toEqual(expected.filter(({ subject }) => subject > 'broker:b-2'));
  expect(await all({ subject: 'broker:b-1', types: ['home.viewed'], limit: 2 })).toHaveLength(2);
  expect(await all({ types: ['never.seen'] })).toEqual([]);
});

test('a partition until an offset has what stands before it', async () => {
  const sent = Array.from({ length: 10 }, () => room.event({ type: 'cut.tested', subject: 'broker:cut' }));
  const places = await room.write(sent);
  const { partition } = places[0]!;
  const query = { types: ['cut.tested'], partition, untilOffset: places[6]!.offset, complete: true };
  const ids = (await all(query)).map(({ id }) => id).sort();
  expect(ids).toEqual(
    sent
      .slice(0, 6)
      .map(({ id }) => id)
      .sort(),
  );
});

test('a history that is behind, one that is away and one that lets nobody in are told apart', async () => {
  const [place] = await room.write([room.event({ type: 'behind.tested' })]);
  const beyond = { partition: place!.partition, untilOffset: place!.offset + 100, complete: true };
  expect(await faultOf(beyond)).toBe('behind');
  const nobody = new HistoryClient({
    service: 'profile-store',
    ingestUrl: 'http://127.0.0.1:9',
    serviceSecret: TEST_SERVICE_SECRET,
  });
  expect(await faultOf({}, nobody)).toBe('away');
  const stranger = new HistoryClient({
    service: 'profile-store',
    ingestUrl: room.ingest.url,
    serviceSecret: 'x'.repeat(40),
  });
  expect(await faultOf({}, stranger)).toBe('refused');
  expect(
    await faultOf(
      {},
      new HistoryClient({
        service: 'profile-store',
        ingestUrl: room.ingest.url,
        serviceSecret: undefined,
      }),
    ),
  ).toBe('refused');
  expect(historyProblem(new HistoryError('behind', 'x')).fields).toMatchObject({ status: 503, code: 'history-behind' });
  expect(historyProblem(new HistoryError('away', 'x')).fields).toMatchObject({ status: 503, code: 'unavailable' });
});

test('an answer that breaks in the middle is never taken for the whole', async () => {
  const proxy = await BreakableProxy.open(room.ingest.url);
  const sent = Array.from({ length: 2_000 }, (_, i) =>
    room.event({ type: 'broken.tested', data: { i, text: 'x'.repeat(4_000) } }),
  );
  for (let at = 0; at < sent.length; at += 100) await room.write(sent.slice(at, at + 100));
  const through = new HistoryClient({
    service: 'profile-store',
    ingestUrl: proxy.url,
    serviceSecret: TEST_SERVICE_SECRET,
  });
  const opened = await through.open(room.project.id, { types: ['broken.tested'], complete: true });
  if (opened.kind === 'failed') throw opened.error;
  let read = 0;
  const reading = (async () => {
    for await (const event of opened.events) {
      read += event.type === 'broken.tested' ? 1 : 0;
      if (read === 10) proxy.break();
    }
  })();
  await expect(reading).rejects.toMatchObject({ name: 'HistoryError', fault: 'broken' });
  expect(read).toBeLessThan(sent.length);
  await proxy.close();
});

test('whoever stops reading, or is told to, ends the request', async () => {
  const opened = await client.open(room.project.id, { types: ['broken.tested'] });
  if (opened.kind === 'failed') throw opened.error;
  for await (const event of opened.events) if (event.type !== '') break;
  expect(await opened.events.next()).toEqual({ done: true, value: undefined });
  const gone = new AbortController();
  const reading = (async () => {
    let read = 0;
    for await (const event of client.events(room.project.id, { types: ['broken.tested'] }, gone.signal).events) {
      read += event.type === '' ? 0 : 1;
      if (read === 10) gone.abort();
    }
  })();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});
