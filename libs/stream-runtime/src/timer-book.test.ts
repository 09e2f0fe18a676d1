import { expect, test } from 'vitest';
import fc from 'fast-check';
import type { Timer } from './logic.ts';
import { TimerBook } from './timer-book.ts';

const timer = (id: string, dueMs: number): Timer => ({ id, dueMs, payload: '' });
const sorted = (all: ReadonlyMap<string, Timer>): Timer[] =>
  [...all.values()].sort((a, b) => a.dueMs - b.dueMs || (a.id < b.id ? -1 : 1));

test('timers beyond the horizon stay in the store until the ones in memory are used up', () => {
  const book = new TimerBook();
  book.load([timer('a', 10), timer('b', 20)], 3);
  book.set(timer('far', 30));
  expect(book.find('far')).toBeUndefined();
  book.set(timer('near', 15));
  expect([book.at(0)?.id, book.at(1)?.id, book.at(2)?.id]).toEqual(['a', 'near', 'b']);
  for (const id of ['a', 'near', 'b']) book.remove(id);
  expect(book.exhausted).toBe(true);
  book.load([timer('c', 25), timer('far', 30)], 2);
  expect(book.exhausted).toBe(false);
});

test('a timer set again beyond the horizon leaves memory', () => {
  const book = new TimerBook();
  book.load([timer('a', 10), timer('b', 20)], 3);
  book.set(timer('a', 99));
  expect(book.at(0)?.id).toBe('b');
});

test('fires in the order of a full sort, whatever is set, cancelled, loaded and let go', () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), id: fc.nat(30), dueMs: fc.nat(100) }),
    fc.record({ kind: fc.constant('cancel' as const), id: fc.nat(30) }),
    fc.record({ kind: fc.constant('fire' as const) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 150 }), fc.integer({ min: 1, max: 5 }), (actions, perRead) => {
      const store = new Map<string, Timer>();
      const book = new TimerBook();
      const reload = (): void => book.load(sorted(store).slice(0, perRead), store.size);
      reload();
      for (const one of actions) {
        if (one.kind === 'set') {
          const next = timer(`t${one.id}`, one.dueMs);
          store.set(next.id, next);
          book.set(next);
        } else if (one.kind === 'cancel') {
          store.delete(`t${one.id}`);
          book.remove(`t${one.id}`);
        } else {
          if (book.exhausted) reload();
          const next = book.at(0);
          expect(next).toEqual(sorted(store)[0]);
          if (next === undefined) continue;
          store.delete(next.id);
          book.remove(next.id);
        }
      }
    }),
  );
});
