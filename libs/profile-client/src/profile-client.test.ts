import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from 'vitest';
import { ProfileClient, type ProfileClientOptions } from './profile-client.ts';
import {
  cutShort,
  json,
  late,
  problem,
  profileOf,
  reads,
  reset,
  ScriptedServer,
  silence,
} from './testing/scripted-server.ts';

let server: ScriptedServer;
let clients: ProfileClient[] = [];

beforeAll(async () => {
  server = await ScriptedServer.open();
});
beforeEach(() => {
  server.reset();
  server.otherwise = reads;
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  clients = [];
});
afterAll(() => server.close());

function open(options: Partial<ProfileClientOptions> = {}): ProfileClient {
  const client = new ProfileClient({ url: server.url, project: 'demo', key: 'hk_a_b', retryDelayMs: 4, ...options });
  clients.push(client);
  return client;
}

const SUBJECT = 'broker:b 17/ü';

describe('a read', () => {
  test('asks for the features of the subject with the key, and gives their values the types of the caller', async () => {
    const result = await open({ url: `${server.url}/behind/` }).read<{ showings_7d: number }>(
      SUBJECT,
      ['showings_7d'],
      {
        at: new Date('2026-01-01T00:00:00Z'),
      },
    );
    expect(server.seen).toMatchObject([
      {
        method: 'GET',
        url: '/behind/v1/projects/demo/profiles/broker%3Ab%2017%2F%C3%BC?features=showings_7d&at=2026-01-01T00%3A00%3A00.000Z',
        headers: { authorization: 'Bearer hk_a_b' },
      },
    ]);
    expect(result).toMatchObject({ kind: 'ok', attempts: 1, profile: profileOf(SUBJECT, ['showings_7d']) });
    if (result.kind !== 'ok') return;
    expectTypeOf(result.profile.features.showings_7d?.value).toEqualTypeOf<number | null | undefined>();
    const untyped = await open().read(SUBJECT, ['tier']);
    if (untyped.kind === 'ok') expectTypeOf(untyped.profile.features['tier']?.value).toBeUnknown();
  });

  test('of the whole profile needs the activity in the answer', async () => {
    const whole = { ...profileOf(SUBJECT, []), firstSeenAt: null, lastSeenAt: null, counts: {}, last: {} };
    server.script = [json(200, whole), json(200, profileOf(SUBJECT, []))];
    const client = open();
    expect(await client.readWhole(SUBJECT)).toEqual({ kind: 'ok', attempts: 1, profile: whole });
    expect(await client.readWhole(SUBJECT)).toMatchObject({ kind: 'unavailable', cause: 'unreadable' });
    expect(server.seen[0]?.url).toBe('/v1/projects/demo/profiles/broker%3Ab%2017%2F%C3%BC');
  });

  test('uses its connections again and again, and no more than the limit', async () => {
    const client = open({ connections: 2 });
    for (let read = 0; read < 5; read++) await client.read(SUBJECT, ['a']);
    expect(server.connections).toBeLessThanOrEqual(2);
    await Promise.all(Array.from({ length: 20 }, () => client.read(SUBJECT, ['a'])));
    expect(server.connections).toBe(2);
  });

  test('takes a token from its function for each attempt', async () => {
    let asked = 0;
    server.script = [reset];
    await open({ key: () => Promise.resolve(`token-${++asked}`) }).read(SUBJECT, ['a']);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });
});

describe('what passes by itself is tried again', () => {
  test.each([
    ['a connection that breaks before the answer', reset],
    ['a connection that breaks in the middle of the answer', cutShort],
    ['503', problem(503, 'unavailable')],
    ['502 of a proxy', json(502, '<h1>')],
    ['504', json(504, '')],
    ['429 with a time to wait that fits', problem(429, 'quota', {}, { 'retry-after': '0' })],
  ])('%s', async (_, fault) => {
    server.script = [fault, fault];
    expect(await open().read(SUBJECT, ['a'])).toMatchObject({ kind: 'ok', attempts: 3 });
    server.script = [fault, fault, fault];
    expect(await open().read(SUBJECT, ['a'])).toMatchObject({
      attempts: 3,
      kind: expect.not.stringMatching('ok') as string,
    });
    expect(server.seen).toHaveLength(6);
  });

  test('but not before the service said, and not at all when that is after the time limit', async () => {
    server.script = [problem(429, 'quota', {}, { 'retry-after': '1' })];
    const startedMs = performance.now();
    expect(await open({ timeoutMs: 3_000 }).read(SUBJECT, ['a'])).toMatchObject({ kind: 'ok', attempts: 2 });
    expect(performance.now() - startedMs).toBeGreaterThan(980);
    server.script = [problem(429, 'quota', {}, { 'retry-after': '1' })];
    expect(await open({ timeoutMs: 900 }).read(SUBJECT, ['a'])).toMatchObject({
      kind: 'quota',
      retryAfterMs: 1_000,
      attempts: 1,
    });
  });

  test('a slow attempt is given up for another when the attempt has a limit of its own', async () => {
    server.script = [silence];
    const result = await open({ timeoutMs: 2_000, attemptTimeoutMs: 100 }).read(SUBJECT, ['a']);
    expect(result).toMatchObject({ kind: 'ok', attempts: 2 });
  });
});

describe('what does not pass by itself is told at once', () => {
  test.each([
    [
      'an unknown feature',
      problem(404, 'unknown-feature', { didYouMean: ['showings_7d'] }),
      { kind: 'unknown-feature', didYouMean: ['showings_7d'] },
    ],
    ['a key that may not see it', problem(403, 'forbidden'), { kind: 'forbidden', status: 403 }],
    ['a key that is not known', problem(401, 'unauthorized'), { kind: 'forbidden', status: 401 }],
    ['a wrong subject', problem(400, 'invalid-subject'), { kind: 'refused', code: 'invalid-subject' }],
    ['a defect of the service', problem(500, 'defect'), { kind: 'unavailable', cause: 'service', status: 500 }],
    [
      'broken JSON',
      ((response) => void response.end('{"project":')) satisfies typeof reset,
      { kind: 'unavailable', cause: 'unreadable' },
    ],
    ['an empty object', json(200, {}), { kind: 'unavailable', cause: 'unreadable' }],
    [
      'the profile of another subject',
      json(200, profileOf('broker:other', ['a'])),
      { kind: 'unavailable', cause: 'unreadable' },
    ],
  ])('%s', async (_, answer, expected) => {
    server.script = [answer];
    expect(await open().read(SUBJECT, ['a'])).toMatchObject({ ...expected, attempts: 1 });
    expect(server.seen).toHaveLength(1);
  });

  test('a service that is not there is unavailable, not an empty profile', async () => {
    const away = await ScriptedServer.open();
    const url = away.url;
    away.close();
    expect(await open({ url }).read(SUBJECT, ['a'])).toMatchObject({
      kind: 'unavailable',
      cause: 'connection',
      attempts: 3,
    });
  });

  test('a wrong field is found when answers are checked', async () => {
    server.otherwise = json(200, { ...profileOf(SUBJECT, []), features: { a: { value: 1, version: 'one' } } });
    expect(await open().read(SUBJECT, ['a'])).toMatchObject({ kind: 'ok' });
    expect(await open({ checkAnswers: true }).read(SUBJECT, ['a'])).toMatchObject({
      kind: 'unavailable',
      cause: 'unreadable',
    });
  });
});

describe('a call ends', () => {
  test('at its time limit, and says what went wrong before', async () => {
    server.script = [problem(503, 'unavailable'), silence];
    const startedMs = performance.now();
    const result = await open({ timeoutMs: 150 }).read(SUBJECT, ['a']);
    expect(performance.now() - startedMs).toBeLessThan(500);
    expect(result).toMatchObject({ kind: 'unavailable', cause: 'time-limit', attempts: 2 });
    expect(result).toHaveProperty('detail', 'No answer within 150 ms. The attempt before: unavailable in words');
  });

  test('when the caller says so: before, during an attempt, and in a pause', async () => {
    const client = open({ timeoutMs: 5_000, retryDelayMs: 4_000, maxRetryDelayMs: 4_000 });
    expect(await client.read(SUBJECT, ['a'], { signal: AbortSignal.abort() })).toMatchObject({
      kind: 'aborted',
      attempts: 0,
    });
    for (const answer of [silence, reset]) {
      server.script = [answer];
      const startedMs = performance.now();
      const result = await client.read(SUBJECT, ['a'], { signal: AbortSignal.timeout(50) });
      expect(result).toMatchObject({ kind: 'aborted', attempts: 1 });
      expect(performance.now() - startedMs).toBeLessThan(1_500);
    }
  });

  test('with its answer when the client is closed meanwhile; later ones are told that it is', async () => {
    const client = open();
    server.script = [late(50, reads)];
    const read = client.read(SUBJECT, ['a']);
    await client.close();
    expect(await read).toMatchObject({ kind: 'ok' });
    expect(await client.read(SUBJECT, ['a'])).toMatchObject({ kind: 'unavailable', cause: 'closed' });
  });
});

describe('many subjects', () => {
  test('are read in their order, at most 1,000 in a request', async () => {
    const subjects = Array.from({ length: 2_500 }, (_, index) => `broker:b-${index}`);
    const result = await open().readMany<{ a: number }>(subjects, ['a']);
    expect(result.kind === 'ok' && result.profiles.map(({ subject }) => subject)).toEqual(subjects);
    const sizes = server.seen.map(({ body }) => (JSON.parse(body) as { subjects: string[] }).subjects.length);
    expect(sizes.toSorted()).toEqual([1_000, 1_000, 500]);
    expect(await open().readMany([], ['a'])).toEqual({ kind: 'ok', attempts: 0, profiles: [] });
  });

  test('fail together, and an answer with a subject missing is none', async () => {
    const subjects = Array.from({ length: 1_001 }, (_, index) => `broker:b-${index}`);
    server.script = [problem(403, 'forbidden')];
    expect(await open().readMany(subjects, ['a'])).toMatchObject({ kind: 'forbidden' });
    server.script = [json(200, { profiles: [profileOf('broker:b', ['a'])] })];
    expect(await open().readMany(['broker:a', 'broker:b'], ['a'])).toMatchObject({
      kind: 'unavailable',
      cause: 'unreadable',
    });
  });
});

describe('a write of attributes', () => {
  test('goes out with the same idempotency key in each attempt, the caller’s own if there is one', async () => {
    const accepted = json(202, { id: 'e-1' });
    server.script = [reset, accepted, accepted, accepted];
    const client = open();
    expect(await client.writeAttributes(SUBJECT, { tier: 'gold', old: null })).toEqual({
      kind: 'ok',
      attempts: 2,
      id: 'e-1',
    });
    await client.writeAttributes(SUBJECT, { tier: 'gold' });
    await client.writeAttributes(SUBJECT, { tier: 'gold' }, { idempotencyKey: 'order-7' });
    const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
    expect(keys[3]).toBe('order-7');
    expect(server.seen[0]).toMatchObject({
      method: 'PUT',
      url: '/v1/projects/demo/profiles/broker%3Ab%2017%2F%C3%BC/attributes',
      body: '{"attributes":{"tier":"gold","old":null}}',
    });
  });
});

describe('kept answers', () => {
  const tagged = (tag: string, value: unknown) =>
    json(200, profileOf(SUBJECT, ['a'], value), { etag: tag, 'cache-control': 'private, no-cache' });
  const unchanged = (tag: string): typeof reset => {
    return (response) => void response.writeHead(304, { etag: tag, 'cache-control': 'private, no-cache' }).end();
  };
  const valueOf = async (client: ProfileClient): Promise<unknown> => {
    const read = await client.read(SUBJECT, ['a']);
    return read.kind === 'ok' ? read.profile.features['a']?.value : read.kind;
  };

  test('are given again only when the service says that nothing has changed', async () => {
    const client = open({ keptAnswers: 10, retries: 0 });
    server.script = [tagged('"1"', 1), unchanged('"1"'), tagged('"2"', 2), unchanged('"2"')];
    expect([await valueOf(client), await valueOf(client), await valueOf(client), await valueOf(client)]).toEqual([
      1, 1, 2, 2,
    ]);
    expect(server.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"', '"2"']);
  });

  test('are never given when the service does not answer, or refuses', async () => {
    const client = open({ keptAnswers: 10, retries: 0, timeoutMs: 200 });
    server.script = [
      tagged('"1"', 1),
      problem(503, 'unavailable'),
      reset,
      silence,
      problem(403, 'forbidden'),
      unchanged('"1"'),
    ];
    const values: unknown[] = [];
    for (let read = 0; read < 6; read++) values.push(await valueOf(client));
    expect(values).toEqual([1, 'unavailable', 'unavailable', 'unavailable', 'forbidden', 1]);
  });

  test('are not kept by default', async () => {
    const client = open();
    server.script = [tagged('"1"', 1), tagged('"1"', 1)];
    await valueOf(client);
    await valueOf(client);
    expect(server.seen[1]?.headers['if-none-match']).toBeUndefined();
  });
});

test.each([
  ['url', { url: 'nowhere' }, TypeError],
  ['timeoutMs', { timeoutMs: 0 }, RangeError],
  ['retries', { retries: 1.5 }, RangeError],
  ['batchWithinMs', { batchWithinMs: 2_000 }, RangeError],
])('a client with a senseless %s is refused when it is made', (_, options, error) =>
  expect(() => open(options)).toThrow(error),
);
