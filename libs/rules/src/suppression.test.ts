import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Firings } from './suppression.ts';

const firing = fc.record({
  rule: fc.constantFrom('a', 'b', 'c'),
  afterMs: fc.integer({ min: 0, max: 5_000 }),
});

test('each rule fires exactly when its period since it fired last is over, and counts what it left out, whenever it was stored', () => {
  const periodMs = { a: 1_000, b: 3_000, c: 10_000 } as const;
  fc.assert(
    fc.property(fc.array(firing, { maxLength: 40 }), (events) => {
      let firings = new Firings();
      let atMs = 1_800_000_000_000;
      const last = new Map<string, { atMs: number; suppressed: number }>();
      for (const { rule, afterMs } of events) {
        atMs += afterMs;
        const ms = periodMs[rule as keyof typeof periodMs];
        const before = last.get(rule);
        if (before !== undefined && atMs - before.atMs < ms) {
          before.suppressed += 1;
          expect(firings.fire(rule, ms, atMs)).toEqual({ kind: 'suppressed' });
        } else {
          expect(firings.fire(rule, ms, atMs)).toEqual({ kind: 'fires', suppressed: before?.suppressed ?? 0 });
          last.set(rule, { atMs, suppressed: 0 });
        }
        firings.prune(atMs);
        firings = Firings.decode(firings.encode());
      }
    }),
  );
});

test('an event from long before that is sent again fires for its own time, and begins nothing', () => {
  const firings = new Firings();
  expect(firings.fire('a', 1_000, 10_000)).toEqual({ kind: 'fires', suppressed: 0 });
  expect(firings.fire('a', 1_000, 9_001)).toEqual({ kind: 'suppressed' });
  expect(firings.fire('a', 1_000, 9_000)).toEqual({ kind: 'fires', suppressed: 0 });
  expect(firings.fire('a', 1_000, 10_999)).toEqual({ kind: 'suppressed' });
  expect(firings.fire('a', 1_000, 11_000)).toEqual({ kind: 'fires', suppressed: 2 });
});

test('what is over for a day is forgotten', () => {
  const firings = new Firings();
  firings.fire('a', 1_000, 0);
  expect(firings.prune(1_000)).toBe(86_400_000);
  expect(firings.prune(86_401_000)).toBe(0);
  expect(firings.encode().toString('utf8', 1)).toContain('a');
  firings.prune(86_401_001);
  expect(firings.encode().toString('utf8', 1)).toBe('{}');
});

test('another version is refused, not guessed', () => {
  expect(() => Firings.decode(Buffer.from('\u0002{}'))).toThrow('version 2');
});
