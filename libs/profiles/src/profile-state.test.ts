import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedData, MAX_DATA_BYTES } from '@hermes/contracts/bounded-data';
import { writeActivity } from './activity-codec.ts';
import { ByteWriter, ProfileCodecError } from './bytes.ts';
import { SubjectState } from './features/subject-state.ts';
import {
  applyEvent,
  MAX_TYPES,
  mergeProfileStates,
  newProfileState,
  type ProfileState,
  type SeenEvent,
} from './profile-state.ts';
import { activityView } from './profile-view.ts';

const seen = (
  type: string,
  timeMs: number,
  receivedAtMs: number,
  arrival: number,
  data: Record<string, unknown> = {},
): SeenEvent => ({
  type,
  timeMs,
  receivedAtMs,
  arrival,
  data: boundedData(data),
});
const stateOf = (events: readonly SeenEvent[]): ProfileState => {
  const state = newProfileState();
  for (const event of events) applyEvent(state, event);
  return state;
};
const viewOf = (events: readonly SeenEvent[]) => activityView(stateOf(events));

const bytesOf = (state: ProfileState): Buffer => {
  const writer = new ByteWriter();
  writeActivity(writer, state);
  return writer.take();
};

const typeName = fc.integer({ min: 0, max: MAX_TYPES + 8 }).map((i) => `type.t${i}`);
const events = fc
  .array(
    fc.record({
      type: typeName,
      timeMs: fc.integer({ min: -1, max: 1 }),
      receivedAtMs: fc.integer({ min: 0, max: 1 }),
      // Two partitions' events may share a place.
      arrival: fc.integer({ min: 0, max: 1 }),
      data: fc.record({ n: fc.integer(), text: fc.string({ unit: 'grapheme' }) }),
    }),
    { minLength: 1, maxLength: 120 },
  )
  .map((list) => list.map((one) => seen(one.type, one.timeMs, one.receivedAtMs, one.arrival, one.data)));

describe('a profile', () => {
  test('counts by type, and keeps the newest event by event time', () => {
    expect(
      viewOf([
        seen('a', 2_000, 10, 1, { v: 'late' }),
        seen('a', 1_000, 20, 2, { v: 'old' }),
        seen('b', 3_000, 30, 3, { v: 'b' }),
      ]),
    ).toEqual({
      firstSeenAt: '1970-01-01T00:00:01.000Z',
      lastSeenAt: '1970-01-01T00:00:03.000Z',
      counts: { a: 2, b: 1 },
      last: {
        a: { time: '1970-01-01T00:00:02.000Z', data: { v: 'late' } },
        b: { time: '1970-01-01T00:00:03.000Z', data: { v: 'b' } },
      },
    });
  });

  test.each([
    [
      'receipt decides between equal event times',
      [seen('a', 1, 20, 1, { v: 'newer' }), seen('a', 1, 10, 2, { v: 'older' })],
    ],
    [
      'place decides between events of one request',
      [seen('a', 1, 10, 1, { v: 'older' }), seen('a', 1, 10, 2, { v: 'newer' })],
    ],
  ])('%s', (_, list) => expect(viewOf(list).last['a']?.data).toEqual({ v: 'newer' }));

  test('a subject that nobody has seen is unknown, not empty', () => {
    expect(activityView(undefined)).toEqual({ firstSeenAt: null, lastSeenAt: null, counts: {}, last: {} });
  });

  test('events of types beyond the limit are counted under *, and no event is lost', () => {
    const all = Array.from({ length: MAX_TYPES + 3 }, (_, i) => seen(`t${String(i).padStart(3, '0')}`, i, 0, i));
    const view = viewOf([...all, ...all]);
    expect(Object.keys(view.last)).toHaveLength(MAX_TYPES);
    expect(view.counts['*']).toBe(6);
  });

  test('is the same for every order of its events', () => {
    fc.assert(
      fc.property(
        events.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(bytesOf(stateOf(shuffled))).toEqual(bytesOf(stateOf(list)));
        },
      ),
      { seed: 1 },
    );
  });

  test('merged from any cut, either way round, is that of all events', () => {
    fc.assert(
      fc.property(events, fc.nat(120), (list, at) => {
        const [a, b] = [stateOf(list.slice(0, at)), stateOf(list.slice(at))];
        const whole = bytesOf(stateOf(list));
        expect(bytesOf(mergeProfileStates(a, b))).toEqual(whole);
        expect(bytesOf(mergeProfileStates(b, a))).toEqual(whole);
      }),
      { seed: 2 },
    );
  });

  test('counts every event exactly once', () => {
    fc.assert(
      fc.property(events, (list) => {
        const total = Object.values(viewOf(list).counts).reduce((sum, count) => sum + count, 0);
        expect(total).toBe(list.length);
      }),
      { seed: 3 },
    );
  });
});

describe('bytes', () => {
  const storedOf = (list: readonly SeenEvent[]): Buffer => {
    const state = new SubjectState();
    for (const event of list) state.see(event);
    return state.encode();
  };
  const sorted = (state: ProfileState | undefined) => ({ ...state, types: new Map([...(state?.types ?? [])].sort()) });

  test('come back as the state they were made from, times before 1970 and any text included', () => {
    fc.assert(
      fc.property(events, (list) => {
        expect(sorted(SubjectState.decode(storedOf(list)).activity)).toEqual(sorted(stateOf(list)));
      }),
      { seed: 4 },
    );
  });

  test('hold the largest integers exactly', () => {
    const list = [seen('a', 4_000_000_000_000, 4_000_000_000_000, Number.MAX_SAFE_INTEGER)];
    expect(SubjectState.decode(storedOf(list)).activity).toEqual(stateOf(list));
  });

  test('of version 1 are read for ever', () => {
    const first = Buffer.from('01d00fd00f000103612e6201d00f01ac02077b2278223a317d', 'hex');
    const state = stateOf([seen('a.b', 1_000, -1, 300, { x: 1 })]);
    expect(SubjectState.decode(first).activity).toEqual(state);
    const next = SubjectState.decode(first);
    next.see(seen('a.b', 2_000, 5, 301, { x: 2 }));
    expect(SubjectState.decode(next.encode()).activity?.types.get('a.b')).toMatchObject({ count: 2, data: '{"x":2}' });
  });

  test('of version 2 are these, for ever', () => {
    expect(storedOf([seen('a.b', 1_000, -1, 300, { x: 1 })]).toString('hex')).toBe(
      '021a0018d00fd00f000103612e6201d00f01ac02077b2278223a317d',
    );
  });

  test.each([
    ['another version', Buffer.from([3, 0]), 'version 3'],
    ['another version behind a good segment', Buffer.from([2, 0, 9]), 'version 9'],
    ['a cut end', Buffer.from('021a0018d00fd00f000103612e6201d00f01ac02077b2278223a31', 'hex'), 'too early'],
    ['a section longer than its segment', Buffer.from([2, 3, 0, 9, 0, 2, 0]), 'too early'],
    ['a section of an unknown kind', Buffer.from([2, 2, 7, 0]), 'unknown kind 7'],
    ['an endless number', Buffer.alloc(12, 0xff).fill(2, 0, 1), 'too long'],
  ])('of %s are refused', (_, bytes, message) => {
    expect(() => SubjectState.decode(bytes)).toThrow(ProfileCodecError);
    expect(() => SubjectState.decode(bytes)).toThrow(message);
  });

  test('stay under half of a step, however large the events', () => {
    const large = { text: 'x'.repeat(5_000) };
    const types = Array.from({ length: MAX_TYPES + 5 }, (_, i) => `${'t'.repeat(120)}${i}`);
    const list = types.map((type, i) =>
      seen(type, 4_000_000_000_000, 4_000_000_000_000, i, { a: 'y'.repeat(900), ...large }),
    );
    expect(storedOf(list).length).toBeLessThan(40_000);
  });
});

describe('data of the newest event', () => {
  test('is kept whole up to the limit', () => {
    const data = { text: 'x'.repeat(MAX_DATA_BYTES - '{"text":""}'.length) };
    expect(JSON.parse(boundedData(data))).toEqual(data);
  });

  test('beyond it keeps the first fields and says what is missing', () => {
    const data = { price: 5, text: 'x'.repeat(MAX_DATA_BYTES), after: 1 };
    expect(JSON.parse(boundedData(data))).toEqual({
      price: 5,
      $cut: { fields: 2, bytes: JSON.stringify(data).length },
    });
  });

  test('never passes the limit and is always JSON', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: 'grapheme' }),
          fc.oneof(fc.string({ unit: 'grapheme', maxLength: 600 }), fc.integer()),
        ),
        (data) => {
          const json = boundedData(data);
          expect(Buffer.byteLength(json)).toBeLessThanOrEqual(MAX_DATA_BYTES);
          expect(typeof JSON.parse(json)).toBe('object');
        },
      ),
      { seed: 5 },
    );
  });
});
