import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ProfileClient } from './profile-client.ts';
import { problem, reads, ScriptedServer, silence } from './testing/scripted-server.ts';

let server: ScriptedServer;
let client: ProfileClient;

beforeAll(async () => {
  server = await ScriptedServer.open();
});
beforeEach(() => {
  server.reset();
  server.otherwise = reads;
  client = open(0);
});
afterEach(() => client.close());
afterAll(() => server.close());

const open = (batchWithinMs: number): ProfileClient =>
  new ProfileClient({
    url: server.url,
    project: 'demo',
    key: 'hk_a_b',
    batchWithinMs,
    timeoutMs: 400,
    retryDelayMs: 4,
  });
const batches = (): readonly string[][] =>
  server.seen
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => (JSON.parse(body) as { subjects: string[] }).subjects);

test('reads of one tick for the same features are one request, each subject once; other features are another', async () => {
  const results = await Promise.all([
    client.read('broker:a', ['x', 'y']),
    client.read('broker:b', ['x', 'y']),
    client.read('broker:a', ['x', 'y']),
    client.read('broker:a', ['x']),
  ]);
  expect(
    results.map((result) =>
      result.kind === 'ok' ? [result.profile.subject, ...Object.keys(result.profile.features)] : [],
    ),
  ).toEqual([
    ['broker:a', 'x', 'y'],
    ['broker:b', 'x', 'y'],
    ['broker:a', 'x', 'y'],
    ['broker:a', 'x'],
  ]);
  expect(batches().toSorted((a, b) => b.length - a.length)).toEqual([['broker:a', 'broker:b'], ['broker:a']]);
});

test('nothing is kept: the next tick asks anew', async () => {
  await client.read('broker:a', ['x']);
  await client.read('broker:a', ['x']);
  expect(batches()).toEqual([['broker:a'], ['broker:a']]);
});

test('reads within the given time are joined across ticks', async () => {
  const waiting = open(40);
  const first = waiting.read('broker:a', ['x']);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.all([first, waiting.read('broker:b', ['x'])]);
  expect(batches()).toEqual([['broker:a', 'broker:b']]);
  await waiting.close();
});

test('more than 1,000 are several requests', async () => {
  await Promise.all(Array.from({ length: 1_200 }, (_, index) => client.read(`broker:${index}`, ['x'])));
  expect(
    batches()
      .map(({ length }) => length)
      .toSorted(),
  ).toEqual([1_000, 200]);
});

test('a wrong subject, an instant, and a time limit of its own go alone, so that they spoil nothing for the others', async () => {
  await Promise.all([
    client.read('no subject', ['x']),
    client.read('broker:a', ['x'], { at: new Date(0) }),
    client.read('broker:b', ['x'], { timeoutMs: 300 }),
    client.read('broker:c', ['x']),
  ]);
  expect(batches()).toEqual([['broker:c']]);
  expect(server.seen.filter(({ method }) => method === 'GET')).toHaveLength(3);
});

test('a failure is everybody’s, and one who leaves does not take the others along', async () => {
  server.script = [problem(403, 'forbidden')];
  const both = await Promise.all([client.read('broker:a', ['x']), client.read('broker:b', ['x'])]);
  expect(both.map(({ kind }) => kind)).toEqual(['forbidden', 'forbidden']);
  const leaving = client.read('broker:a', ['x'], { signal: AbortSignal.abort() });
  const staying = client.read('broker:b', ['x'], { signal: AbortSignal.timeout(5_000) });
  expect([(await leaving).kind, (await staying).kind]).toEqual(['aborted', 'ok']);
});

test('the time limit holds with the time that was spent on collecting', async () => {
  const waiting = open(300);
  server.script = [silence];
  const startedMs = performance.now();
  expect(await waiting.read('broker:a', ['x'])).toMatchObject({ kind: 'unavailable', cause: 'time-limit' });
  expect(performance.now() - startedMs).toBeLessThan(650);
  await waiting.close();
});
