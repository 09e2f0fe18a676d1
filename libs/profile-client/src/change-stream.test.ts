import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from 'vitest';
import type { ChangeItem } from './change-stream.ts';
import { ProfileClient, type ProfileClientOptions } from './profile-client.ts';
import { type Answer, json, problem, reset, ScriptedServer, silence } from './testing/scripted-server.ts';

type Types = { readonly tier: string; readonly showings_7d: number };

let server: ScriptedServer;
let client: ProfileClient;

beforeAll(async () => {
  server = await ScriptedServer.open();
});
beforeEach(() => {
  server.reset();
  server.otherwise = problem(403, 'forbidden');
  client = open();
});
afterEach(() => client.close());
afterAll(() => server.close());

const open = (options: Partial<ProfileClientOptions> = {}): ProfileClient =>
  new ProfileClient({ url: server.url, project: 'demo', key: 'hk_a_b', streamRetryDelayMs: 10, ...options });

const changeOf = (value: string): object => ({
  project: 'demo',
  subject: 'customer:c-1',
  feature: 'tier',
  value: { value, version: 1, interval: { from: null, to: null } },
  cause: { id: 'e-1', source: '/crm', type: 'deal.signed', receivedAt: '2026-01-01T00:00:00.000Z' },
});
const event = (id: string, value: string): string => `id: ${id}\ndata: ${JSON.stringify(changeOf(value))}\n\n`;

/** A stream that sends `pieces` and then does `end`. */
const stream =
  (
    pieces: readonly (string | Buffer)[],
    end: (response: ServerResponse) => void = (response) => response.end(),
  ): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    void (async () => {
      for (const piece of pieces) {
        response.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      end(response);
    })();
  };
const stay = (): void => undefined;

const follow = (lastEventId?: string, signal?: AbortSignal): AsyncGenerator<ChangeItem<Types>> =>
  client.changes<Types>({
    subject: 'customer:c-1',
    features: ['tier', 'showings_7d'],
    ...(lastEventId === undefined ? {} : { lastEventId }),
    ...(signal === undefined ? {} : { signal }),
  });
async function all(items: AsyncIterable<ChangeItem<Types>>): Promise<readonly ChangeItem<Types>[]> {
  const heard: ChangeItem<Types>[] = [];
  for await (const item of items) heard.push(item);
  return heard;
}
const short = (item: ChangeItem<Types>): string => {
  if (item.kind === 'change') return `${item.id ?? '-'}=${item.change.value.value ?? 'null'}`;
  return item.kind;
};

describe('a stream of changes', () => {
  test('gives them in order, with the types of the caller, however the bytes are cut', async () => {
    const bytes = Buffer.from(`retry: 5\n: still here\n\n${event('1', '金')}${event('2', 'gold')}`);
    const cut = bytes.indexOf('金') + 1;
    server.script = [stream([bytes.subarray(0, cut), bytes.subarray(cut)])];
    const items = await all(follow());
    expect(items.map(short)).toEqual(['1=金', '2=gold', 'interrupted', 'ended']);
    expect(server.seen[0]).toMatchObject({
      url: '/v1/projects/demo/profiles/customer%3Ac-1/changes?features=tier%2Cshowings_7d',
      headers: { authorization: 'Bearer hk_a_b', accept: 'text/event-stream' },
    });
    const [first] = items;
    if (first?.kind !== 'change') throw new Error('a change');
    if (first.change.feature === 'tier') expectTypeOf(first.change.value.value).toEqualTypeOf<string | null>();
    expect(first.change).toEqual(changeOf('金'));
  });

  test('opens again after the last change that was seen: after its end, a reset, 503, and where the caller left off', async () => {
    server.script = [
      stream([event('1', 'a')]),
      stream([event('2', 'b'), 'id: 3\ndata: {"cut'], (response) => response.socket?.resetAndDestroy()),
      reset,
      problem(503, 'unavailable'),
      stream([event('3', 'c')]),
    ];
    const items = await all(follow('0'));
    expect(items.map(short).filter((text) => text !== 'interrupted')).toEqual(['1=a', '2=b', '3=c', 'ended']);
    expect(server.seen.map(({ headers }) => headers['last-event-id'])).toEqual(['0', '1', '2', '2', '2', '3']);
    expect(items.filter(({ kind }) => kind === 'interrupted')).toHaveLength(5);
  });

  test('ends with the reason when asking again would not help', async () => {
    server.script = [problem(404, 'unknown-feature', { didYouMean: ['tier'] })];
    expect(await all(follow())).toMatchObject([
      { kind: 'ended', failure: { kind: 'unknown-feature', didYouMean: ['tier'] } },
    ]);
    expect(server.seen).toHaveLength(1);
  });

  test('takes an answer that is no stream for a service that is away', async () => {
    server.script = [json(200, {})];
    expect((await all(follow())).map(short)).toEqual(['interrupted', 'ended']);
  });

  test('tells of an event that is not a change, and goes on behind it', async () => {
    server.script = [stream([`id: 1\ndata: {"feature":\n\n${event('2', 'b')}`])];
    expect((await all(follow())).map(short)).toEqual(['unreadable', '2=b', 'interrupted', 'ended']);
    expect(server.seen[1]?.headers['last-event-id']).toBe('2');
  });

  test('tells when changes begin to be told, and when some may have been missed, and comes back to that place', async () => {
    server.script = [
      stream([`event: reset\ndata: {"reason":"too-old"}\n\nid: here\nevent: ready\ndata: {}\n\n`]),
      stream([`event: reset\ndata: ?\n\n`]),
    ];
    const items = await all(follow('1'));
    expect(items.map(short)).toEqual(['reset', 'ready', 'interrupted', 'reset', 'interrupted', 'ended']);
    expect(items[0]).toEqual({ kind: 'reset', reason: 'too-old' });
    expect(server.seen.map(({ headers }) => headers['last-event-id'])).toEqual(['1', 'here', 'here']);
  });

  test('is opened anew when it has been silent for too long', async () => {
    await client.close();
    client = open({ streamSilenceMs: 100 });
    server.script = [stream([event('1', 'a')], stay), stream([event('2', 'b')])];
    const items = await all(follow());
    expect(items.map(short)).toEqual(['1=a', 'interrupted', '2=b', 'interrupted', 'ended']);
    expect(server.seen[1]?.headers['last-event-id']).toBe('1');
  });
});

describe('a stream is closed, without a word', () => {
  test.each<[string, (signal: AbortController) => unknown]>([
    ['the signal', (controller) => controller.abort()],
    ['close', () => client.close()],
  ])('by %s', async (_, end) => {
    let gone = 0;
    const controller = new AbortController();
    server.script = [
      (response, request) => {
        response.on('close', () => gone++);
        stream([event('1', 'a')], stay)(response, request);
      },
    ];
    const heard: string[] = [];
    for await (const item of follow(undefined, controller.signal)) {
      heard.push(short(item));
      setTimeout(() => void end(controller), 10);
    }
    expect(heard).toEqual(['1=a']);
    await expect.poll(() => gone).toBe(1);
  });

  test('by the signal while it waits for an answer, and while it waits to open again', async () => {
    server.script = [silence, problem(503, 'unavailable', {}, { 'retry-after': '60' })];
    expect(await all(follow(undefined, AbortSignal.timeout(30)))).toEqual([]);
    expect((await all(follow(undefined, AbortSignal.timeout(60)))).map(short)).toEqual(['interrupted']);
  });

  test('by break', async () => {
    let gone = false;
    server.script = [
      (response, request) => {
        response.on('close', () => (gone = true));
        stream([event('1', 'a')], stay)(response, request);
      },
    ];
    for await (const item of follow()) {
      expect(short(item)).toBe('1=a');
      break;
    }
    await expect.poll(() => gone).toBe(true);
  });
});
