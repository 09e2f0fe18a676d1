import { subjectHash } from '@hermes/contracts/subject-hash';
import { expect, test } from 'vitest';
import { ErasureFold } from './erasure-copy.ts';

const AT = '2026-03-01T00:00:00.000Z';
const erasure = (given: Record<string, unknown> = {}): string =>
  JSON.stringify({
    id: 'er-1',
    project: 'demo',
    subject: 'broker:b-1',
    subjectHash: subjectHash('broker:b-1'),
    erasedAt: AT,
    requestedBy: 'owner@example.org',
    ...given,
  });
const atMs = Date.parse(AT);

test('an erasure covers what is not after it, of its subject alone', () => {
  const fold = new ErasureFold();
  expect(fold.covers('broker:b-1', atMs)).toBe(false);
  expect(fold.apply(erasure())).toMatchObject({ subject: 'broker:b-1' });
  expect([fold.covers('broker:b-1', atMs), fold.covers('broker:b-1', atMs + 1)]).toEqual([true, false]);
  expect(fold.covers('broker:b-2', atMs)).toBe(false);
});

test('it goes on covering when only the hash remains, and nothing takes it back', () => {
  const fold = new ErasureFold();
  expect(fold.apply(erasure({ subject: null }))).toBe('closed');
  expect(fold.covers('broker:b-1', atMs)).toBe(true);
  fold.apply(null);
  fold.apply(erasure({ erasedAt: '2026-02-01T00:00:00.000Z' }));
  expect(fold.covers('broker:b-1', atMs)).toBe(true);
});

test('what is no erasure is said to be none, and changes nothing', () => {
  const fold = new ErasureFold();
  for (const value of ['{', '{"id":1}']) expect(fold.apply(value)).toHaveProperty('unreadable');
  expect(fold.covers('broker:b-1', atMs)).toBe(false);
});
