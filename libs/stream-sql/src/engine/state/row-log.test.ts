import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Row } from '../../values/data-type.ts';
import type { Key } from '../code/key-code.ts';
import { RowLog } from './row-log.ts';
import { StateReader, StateWriter } from './state-codec.ts';

const keyOf = ([key]: Row): Key | undefined => (key === null ? undefined : (key as Key));
const newLog = (): RowLog => new RowLog(keyOf);

function rowsOf(log: RowLog, key: Key): Row[] {
  const rows: Row[] = [];
  log.each(key, (row) => rows.push(row));
  return rows;
}

function move(from: RowLog, to: RowLog, all: boolean): void {
  const writer = new StateWriter();
  from.write(writer, all);
  const reader = new StateReader(writer.finish());
  to.apply(reader);
  reader.finish();
}

const KEYS = ['a', 'b', 'c', 'd'];
// Some rows are longer than a chunk, some fill most of one.
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('é'.repeat(50), 'x'.repeat(700_000), 'y'.repeat(1_100_000)),
);
const steps = fc.array(fc.oneof(fc.tuple(fc.constantFrom(...KEYS), text), fc.constantFrom('full', 'changes')), {
  maxLength: 40,
});

test('a key has its rows in their order, before and after any chain of snapshots', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const model = new Map<string, Row[]>(KEYS.map((key) => [key, []]));
      const log = newLog();
      let restored = newLog();
      let begun = false;
      for (const step of all) {
        if (typeof step === 'string') {
          const whole = step === 'full' || !begun;
          if (whole && !begun) restored = newLog();
          move(log, restored, whole);
          begun = true;
          for (const key of KEYS) expect(rowsOf(restored, key)).toEqual(model.get(key));
        } else {
          const row = [...step, 7];
          log.add(step[0], row);
          model.get(step[0])!.push(row);
        }
        for (const key of KEYS) expect(rowsOf(log, key)).toEqual(model.get(key));
      }
    }),
    { numRuns: 30 },
  );
});

test('what was restored goes on as what was saved would have', () => {
  const log = newLog();
  for (let i = 0; i < 20_000; i++) log.add(i % 100, [i % 100, `row ${i}`]);
  const restored = newLog();
  move(log, restored, true);
  for (const each of [log, restored]) for (let i = 0; i < 20_000; i++) each.add(i % 70, [i % 70, `more ${i}`]);
  const again = newLog();
  move(restored, again, true);
  for (let key = 0; key < 100; key++) expect(rowsOf(again, key)).toEqual(rowsOf(log, key));
  expect(again.bytes).toBe(log.bytes);
});

test('a change that does not follow what is there is refused', () => {
  const log = newLog();
  log.add(1, [1, 'one']);
  move(log, newLog(), true);
  log.add(1, [1, 'two']);
  expect(() => move(log, newLog(), false)).toThrow(RangeError);
});
