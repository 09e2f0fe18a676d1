import { expect, test } from 'vitest';
import { neededColumns } from './needed-columns.ts';

test('a column is needed whole, or by the fields that are read of it', () => {
  const paths = [[0], [1, 2], [1, 3, 0], [2, 1], [2], [2, 4], [5, 0]];
  expect(neededColumns({ paths, unread: [5] })).toEqual(
    new Map<number, unknown>([
      [0, true],
      [
        1,
        new Map<number, unknown>([
          [2, true],
          [3, new Map([[0, true]])],
        ]),
      ],
      [2, true],
    ]),
  );
});
