import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProfileClient } from './profile-client.ts';
import {
  type Answer,
  cutShort,
  json,
  late,
  problem,
  reads,
  reset,
  ScriptedServer,
  silence,
} from './testing/scripted-server.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await ScriptedServer.open();
});
afterAll(() => server.close());

const FAULTS: Readonly<Record<string, Answer>> = {
  reads,
  reset,
  cutShort,
  silence,
  slow: late(40, reads),
  tooSlow: late(500, reads),
  busy: problem(503, 'unavailable'),
  away: problem(503, 'unavailable', {}, { 'retry-after': '1' }),
  quota: problem(429, 'quota', {}, { 'retry-after': '0' }),
  garbage: json(200, 'what?'),
  forbidden: problem(403, 'forbidden'),
};
/** What a busy machine may add to a timer. */
const LITTLE_MS = 400;

test('whatever the service does, a call makes at most its attempts, keeps its time limit, and is ok only with an answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.keys(FAULTS)), { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 20, max: 250 }),
      fc.option(fc.integer({ min: 10, max: 100 }), { nil: undefined }),
      fc.boolean(),
      async (faults, retries, timeoutMs, attemptTimeoutMs, joined) => {
        server.reset();
        server.script = faults.map((name) => FAULTS[name]!);
        const client = new ProfileClient({
          url: server.url,
          project: 'demo',
          key: 'hk_a_b',
          timeoutMs,
          retries,
          retryDelayMs: 5,
          ...(attemptTimeoutMs === undefined ? {} : { attemptTimeoutMs }),
          ...(joined ? { batchWithinMs: 5 } : {}),
        });
        const startedMs = performance.now();
        const result = await client.read('broker:b-17', ['a']);
        const tookMs = performance.now() - startedMs;
        await client.close();
        expect(tookMs).toBeLessThan(timeoutMs + LITTLE_MS);
        expect(server.seen.length).toBeLessThanOrEqual(retries + 1);
        expect(result.attempts).toBeLessThanOrEqual(retries + 1);
        expect(result.attempts).toBeGreaterThanOrEqual(server.seen.length);
        if (result.kind === 'ok') {
          expect(['reads', 'slow', 'tooSlow']).toContain(faults[server.seen.length - 1]);
          expect(result.profile.features['a']?.value).toBe(3);
        }
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
