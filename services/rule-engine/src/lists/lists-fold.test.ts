/** Guards: a reader has each revision of a list whole, whatever records it missed, and few bytes for an entry. */
import { bucketOf, packBucket } from '@hermes/contracts/list-bucket';
import { listBucketKey, type ListHead, listHeadKey } from '@hermes/contracts/named-list';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listsFrom } from './lists-copy.ts';
import { ListsFold } from './lists-fold.ts';

interface Written {
  readonly key: string;
  readonly value: Buffer | null;
}

const head = (id: string, given: ListHead | null): Written => ({
  key: listHeadKey(id),
  value: given && Buffer.from(JSON.stringify(given)),
});
const bucketsOf = (
  number: number,
  revision: number,
  entries: readonly string[],
  touched: readonly string[],
): Written[] => {
  const byBucket = Map.groupBy(entries, bucketOf);
  return [...new Set(touched.map(bucketOf))].map((bucket) => ({
    key: listBucketKey(number, bucket),
    value: packBucket(revision, byBucket.get(bucket) ?? []),
  }));
};
const listed = (number: number, revision: number, entries: readonly string[]): Written[] => [
  ...bucketsOf(number, revision, entries, entries),
  head('vip', { number, revision, entries: entries.length }),
];
const read = (records: readonly Written[], fold = new ListsFold()): ListsFold => {
  for (const { key, value } of records) expect(fold.apply(key, value)).toBeUndefined();
  return fold;
};
/** What compaction leaves: of each key the last record. */
const compacted = (records: readonly Written[]): Written[] =>
  records.filter(({ key }, i) => !records.slice(i + 1).some((later) => later.key === key));

const entry = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', '海淀', '17');

test('after any changes a reader of all records, and one of what compaction has left, say what is in the list', () => {
  const change = fc.record({ add: fc.array(entry, { maxLength: 4 }), remove: fc.array(entry, { maxLength: 4 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(30), (changes, from) => {
      const inside = new Set<string>();
      const records: Written[] = [head('vip', { number: 3, revision: 1, entries: 0 })];
      for (const [i, { add, remove }] of changes.entries()) {
        for (const one of add) inside.add(one);
        for (const one of remove) inside.delete(one);
        const revision = i + 2;
        records.push(...bucketsOf(3, revision, [...inside], [...add, ...remove]));
        records.push(head('vip', { number: 3, revision, entries: inside.size }));
      }
      // One that began somewhere reads the rest of the compacted topic.
      const begun = read(records.slice(0, from));
      for (const fold of [read(records), read(compacted(records)), read(compacted(records), begun)]) {
        const list = fold.lookup('vip');
        expect(list?.revision).toBe(changes.length + 1);
        for (const one of ['a', 'b', 'c', 'd', 'e', 'f', 'g', '海淀', '17'])
          expect(list?.has(one)).toBe(inside.has(one));
      }
    }),
  );
});

describe('a revision', () => {
  test('is in force with its head, all at once', () => {
    const fold = read(listed(1, 5, ['a', 'b']));
    read(bucketsOf(1, 6, ['c'], ['a', 'b', 'c']), fold);
    expect([fold.lookup('vip')?.revision, fold.lookup('vip')?.has('a'), fold.lookup('vip')?.has('c')]).toEqual([
      5,
      true,
      false,
    ]);
    read([head('vip', { number: 1, revision: 6, entries: 1 })], fold);
    expect([fold.lookup('vip')?.revision, fold.lookup('vip')?.has('a'), fold.lookup('vip')?.has('c')]).toEqual([
      6,
      false,
      true,
    ]);
  });

  test('is not in force with the head of an earlier one', () => {
    const fold = read(listed(1, 5, ['a', 'b']));
    read([...bucketsOf(1, 7, ['c'], ['c']), head('vip', { number: 1, revision: 6, entries: 2 })], fold);
    expect([fold.lookup('vip')?.has('a'), fold.lookup('vip')?.has('c')]).toEqual([true, false]);
  });

  test('of which a bucket is missing cannot be asked, until it has come', () => {
    const records = listed(1, 5, ['a', 'b']);
    const fold = read(records.slice(1));
    expect(fold.lookup('vip')).toBeUndefined();
    expect(fold.known().size).toBe(0);
    read(records, fold);
    expect(fold.lookup('vip')?.has('a')).toBe(true);
    expect(fold.known()).toEqual(new Map([['vip', { number: 1, revision: 5 }]]));
  });
});

test('a list that was deleted is gone, and one made anew under its id has nothing of it', () => {
  const gone = [head('vip', null), { key: listBucketKey(1, bucketOf('a')), value: null }];
  const fold = read([...listed(1, 5, ['a', 'b']), ...gone]);
  expect(fold.lookup('vip')).toBeUndefined();
  read(listed(2, 8, ['b']), fold);
  expect([fold.lookup('vip')?.has('a'), fold.lookup('vip')?.has('b')]).toEqual([false, true]);
});

test('another thread takes up what is there, whole lists alone', () => {
  const fold = read([...listed(1, 5, ['a', '海淀']), head('other', { number: 2, revision: 6, entries: 3 })]);
  const there = listsFrom(structuredClone(fold.recordsOf(['vip', 'other', 'none'])));
  expect([there('vip')?.revision, there('vip')?.has('海淀'), there('vip')?.has('b')]).toEqual([5, true, false]);
  expect([there('other'), there('none')]).toEqual([undefined, undefined]);
});

test.each([
  ['vip', Buffer.from('{}')],
  ['list/vip', Buffer.from('{"number": -1}')],
  ['list/__proto__', Buffer.from('{"number":1,"revision":1,"entries":0}')],
  ['bucket/1/x', packBucket(1, [])],
  ['bucket/1/2', Buffer.of(1, 2, 3)],
])('what is no record of lists is told and changes nothing: %s', (key, value) => {
  const fold = read(listed(1, 5, ['a']));
  expect(fold.apply(key, value)).toHaveProperty('unreadable');
  expect(fold.lookup('vip')?.has('a')).toBe(true);
});

test('entries take few bytes each, and no step of taking them up blocks for long', () => {
  const entries = Array.from({ length: 100_000 }, (_, i) => `customer:c-${i}`);
  const records = listed(1, 5, entries);
  const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  expect(bytes / entries.length).toBeLessThan(40);
  const fold = new ListsFold();
  let longestMs = 0;
  for (const { key, value } of records) {
    const from = performance.now();
    fold.apply(key, value);
    longestMs = Math.max(longestMs, performance.now() - from);
  }
  expect(longestMs).toBeLessThan(50);
  const list = fold.lookup('vip')!;
  for (let i = 0; i < entries.length; i += 997) expect(list.has(entries[i]!)).toBe(true);
  expect(list.has('customer:c-100000')).toBe(false);
});
