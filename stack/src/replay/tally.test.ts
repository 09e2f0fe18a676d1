import { expect, test } from 'vitest';
import { Tally } from './tally.ts';

const answer = (
  accepted: number,
  errors: readonly { index: number; pointer: string; message: string }[],
  positions: Record<string, number>,
) => ({
  accepted,
  rejected: errors.length,
  errors: errors.map((error) => ({ ...error, id: null, code: 'schema-violation' })),
  positions,
});
const counts = (accepted: number, duplicates: number, deadLettered: number) => ({ accepted, duplicates, deadLettered });

function tally(): Tally {
  const made = new Tally();
  for (let row = 0; row < 10; row++) made.rowRead();
  made.unreadable('column t is not a time', 4);
  made.answered(answer(3, [{ index: 1, pointer: '/data/a', message: 'is 7' }], { '0': 12, '1': 3 }), [1, 2, 3, 5]);
  made.answered(answer(4, [{ index: 0, pointer: '/data/a', message: 'is 8' }], { '0': 10 }), [6, 7, 8, 9, 10]);
  return made;
}

test('accepted, duplicate and rejected rows make up the rows of the file', () => {
  const verdict = tally().verdict(counts(100, 5, 1), counts(105, 6, 2));
  expect(verdict).toMatchObject({ rows: 10, accepted: 5, duplicates: 1, rejected: 4 });
  expect(verdict.accepted + verdict.duplicates + verdict.rejected).toBe(verdict.rows);
});

test('a row that was read but not answered is not done', () => {
  const made = tally();
  expect(made.doneCount).toBe(10);
  made.rowRead();
  expect(made.doneCount).toBe(10);
});

test('rows that were refused for one reason are counted together, with the first as the example', () => {
  expect(tally().verdict(counts(0, 0, 0), counts(7, 0, 0)).reasons).toEqual([
    { code: 'schema-violation', pointer: '/data/a', count: 2, example: 'row 2: is 7' },
    { code: 'unreadable-row', pointer: '', count: 1, example: 'row 4: column t is not a time' },
  ]);
});

test('a request that was written twice, because its answer was lost, makes no row a duplicate', () => {
  // Seven rows were taken at the door; the processor saw two of them twice.
  expect(tally().verdict(counts(0, 0, 0), counts(7, 2, 0))).toMatchObject({ accepted: 7, duplicates: 0 });
});

test('the replay is through when every partition has been processed up to its last row', () => {
  const made = tally();
  expect(made.isThrough({ processed: { '0': 12, '1': 2 }, source: counts(0, 0, 0) })).toBe(false);
  expect(made.isThrough({ processed: { '0': 12, '1': 3 }, source: counts(0, 0, 0) })).toBe(true);
});
