import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignPartitions, compareAssignments } from './group-assignment.ts';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  type Subscription,
} from './group-protocol.ts';

const fresh = (...topics: string[]): Subscription => ({ topics, owned: new Map(), generation: -1 });

const topicNames = fc.uniqueArray(fc.constantFrom('a.events', 'b.events', 'c.inbox', '城'), { minLength: 1 });
const counts = (topics: readonly string[]): fc.Arbitrary<Map<string, number>> =>
  fc
    .tuple(...topics.map((topic) => fc.tuple(fc.constant(topic), fc.integer({ min: 1, max: 9 }))))
    .map((pairs) => new Map(pairs));
const someMembers = (topics: readonly string[]): fc.Arbitrary<Map<string, Subscription>> =>
  fc
    .uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.subarray([...topics], { minLength: 1 })), {
      minLength: 1,
      maxLength: 5,
      selector: ([id]) => id,
    })
    .map((members) => new Map(members.map(([id, subscribed]) => [id, fresh(...subscribed)])));
const groups = topicNames.chain((topics) => fc.record({ members: someMembers(topics), partitions: counts(topics) }));

const next = (
  members: ReadonlyMap<string, Subscription>,
  assigned: ReturnType<typeof assignPartitions>,
  generation: number,
): Map<string, Subscription> =>
  new Map([...members].map(([id, { topics }]) => [id, { topics, owned: assigned.get(id) ?? new Map(), generation }]));

const ownersOf = (assigned: ReturnType<typeof assignPartitions>, topic: string): number[] =>
  [...assigned.values()].flatMap((byTopic) => byTopic.get(topic) ?? []);

describe('sharing partitions among members', () => {
  test('each partition of a subscribed topic has exactly one owner, and shares of a topic differ by one at most', () => {
    fc.assert(
      fc.property(groups, ({ members, partitions }) => {
        const assigned = assignPartitions(members, partitions);
        for (const [topic, count] of partitions) {
          const subscribed = [...members].filter(([, { topics }]) => topics.includes(topic)).map(([id]) => id);
          const expected = subscribed.length === 0 ? [] : Array.from({ length: count }, (_, i) => i);
          expect(ownersOf(assigned, topic).sort((a, b) => a - b)).toEqual(expected);
          const shares = subscribed.map((id) => assigned.get(id)?.get(topic)?.length ?? 0);
          if (shares.length > 0) expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('nothing moves when nothing has changed', () => {
    fc.assert(
      fc.property(groups, ({ members, partitions }) => {
        const first = assignPartitions(members, partitions);
        expect(assignPartitions(next(members, first, 1), partitions)).toEqual(first);
      }),
    );
  });

  test('when a member leaves, the others keep what they have', () => {
    fc.assert(
      fc.property(groups, ({ members, partitions }) => {
        const first = assignPartitions(members, partitions);
        const [leaving] = members.keys();
        const staying = next(members, first, 1);
        staying.delete(leaving!);
        const second = assignPartitions(staying, partitions);
        for (const id of staying.keys()) expect(compareAssignments(first.get(id)!, second.get(id)!).lost).toEqual([]);
      }),
    );
  });

  test('a member that joins costs only the partitions that it gets', () => {
    const first = assignPartitions(
      new Map([
        ['a', fresh('t')],
        ['b', fresh('t')],
      ]),
      new Map([['t', 6]]),
    );
    const joined = next(
      new Map([
        ['a', fresh('t')],
        ['b', fresh('t')],
      ]),
      first,
      1,
    ).set('c', fresh('t'));
    const second = assignPartitions(joined, new Map([['t', 6]]));
    expect(second.get('c')?.get('t')).toHaveLength(2);
    for (const id of ['a', 'b'])
      expect(compareAssignments(first.get(id)!, second.get(id)!)).toMatchObject({
        gained: [],
        lost: [['t', expect.any(Number)]],
      });
  });

  test('of two members that claim a partition, the one from the younger generation has it', () => {
    const owned = new Map([['t', [0]]]);
    const members = new Map([
      ['a', { topics: ['t'], owned, generation: 3 }],
      ['b', { topics: ['t'], owned, generation: 4 }],
    ]);
    expect(
      assignPartitions(members, new Map([['t', 2]]))
        .get('b')
        ?.get('t'),
    ).toEqual([0]);
  });

  test('topics of one partition do not all land on one member', () => {
    const topics = ['a', 'b', 'c', 'd'];
    const assigned = assignPartitions(
      new Map([
        ['m', fresh(...topics)],
        ['n', fresh(...topics)],
      ]),
      new Map(topics.map((t) => [t, 1])),
    );
    expect([...assigned.values()].map((byTopic) => byTopic.size)).toEqual([2, 2]);
  });

  test('what members tell each other survives the wire', () => {
    const owned = fc.dictionary(fc.string(), fc.array(fc.nat(1_000))).map((o) => new Map(Object.entries(o)));
    fc.assert(
      fc.property(
        fc.array(fc.string()),
        owned,
        fc.integer({ min: -1, max: 1_000 }),
        (topics, partitions, generation) => {
          const subscription = { topics, owned: partitions, generation };
          expect(decodeSubscription(encodeSubscription(subscription))).toEqual(subscription);
          expect(decodeAssignment(encodeAssignment(partitions))).toEqual(partitions);
        },
      ),
    );
    expect(decodeAssignment(Buffer.alloc(0))).toEqual(new Map());
  });
});
