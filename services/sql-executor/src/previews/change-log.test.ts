import { RowKind } from '@hermes/stream-sql/engine/operator';
import { INT, STRING } from '@hermes/stream-sql/values/types';
import { expect, test } from 'vitest';
import { ChangeLog, MOST_CHARACTERS } from './change-log.ts';

const numbers = (rows: number): ChangeLog => new ChangeLog([{ type: INT }], { rows });
const kindsOf = (log: ChangeLog): string[] => log.take().map((text) => (JSON.parse(text) as { kind: string }).kind);

test('as many rows are told as the limit says, and none after it', () => {
  const log = numbers(2);
  log.push(RowKind.insert, [1]);
  expect(log.reached).toBeUndefined();
  for (const n of [2, 3, 4]) log.push(RowKind.insert, [n]);
  expect(log.reached).toBe('rows');
  expect(log.take()).toEqual(['{"kind":"+I","row":[1]}', '{"kind":"+I","row":[2]}']);
  expect(log.take()).toEqual([]);
});

test('an update at the limit is told whole or not at all', () => {
  const fits = numbers(3);
  const cut = numbers(2);
  for (const log of [fits, cut]) {
    log.push(RowKind.insert, [1]);
    log.push(RowKind.updateBefore, [1]);
    log.push(RowKind.updateAfter, [2]);
    expect(log.reached).toBe('rows');
  }
  expect(kindsOf(fits)).toEqual(['+I', '-U', '+U']);
  expect(kindsOf(cut)).toEqual(['+I']);
});

test('rows end where they together are too large to be looked at', () => {
  const log = new ChangeLog([{ type: STRING }], { rows: 1_000 });
  for (let i = 0; i < 100; i++) log.push(RowKind.delete, ['x'.repeat(1_000_000)]);
  expect(log.reached).toBe('size');
  expect(log.take().join('').length).toBeLessThanOrEqual(MOST_CHARACTERS);
  expect(log.count).toBe(15);
});
