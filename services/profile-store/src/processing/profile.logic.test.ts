import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS, type HermesEvent } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import { buildFeatureSet, EMPTY_FEATURE_SET, type FeatureSet } from '@hermes/profiles/features/feature-set';
import { featureValue } from '@hermes/profiles/features/feature-view';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import { featureOf } from '@hermes/profiles/testing/features';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import type { DeadLetterReason, OutputMessage, PartitionLogic, StepContext } from '@hermes/stream-runtime/logic';
import { expect, test } from 'vitest';
import { keyedLogic } from './keyed.logic.ts';
import { profileLogic } from './profile.logic.ts';
import { type ProfileValue, profileCodec } from '@hermes/feature-counting/state-of-subject';

const partitions = 8;
const subject = 'broker:b-1';
const home = partitionOf(subject, partitions);
const event = sampleEvent('demo', { id: 'e-1', subject, data: { price: 6 } });
const recordOf = (value: unknown, offset = 7, key: string | null = subject): KafkaRecord => ({
  topic: 'demo.events',
  partition: home,
  offset,
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  headers: { [EVENT_HEADERS.type]: Buffer.from((value as HermesEvent).type ?? 'deal.signed') },
  timestampMs: 0,
});

/** What stays of a run: stored bytes, as the runtime keeps them. */
class Room {
  readonly stored = new Map<string, Buffer>();
  readonly dead: string[] = [];
  readonly sent: OutputMessage[] = [];
  readonly appended: number[] = [];
  late = 0;
  erased = 0;
  definitions: FeatureSet = EMPTY_FEATURE_SET;
  /** Values as the runtime keeps them in memory; undefined: each is read anew. */
  kept: Map<string, ProfileValue> | undefined;
  readonly observer = { onLate: () => void this.late++, onErased: () => void this.erased++ };

  /** Runs the logic on records in order, as the runtime does: only keys that were announced may be touched. */
  run(logic: PartitionLogic<ProfileValue, FeatureSet>, records: readonly KafkaRecord[]): void {
    for (const record of records) {
      const view = {
        project: 'demo',
        partition: home,
        partitions,
        definitions: this.definitions,
        definitionsVersion: this.definitions.number,
        definitionsOf: () => this.definitions,
      };
      const keys = logic.keysOf(record, view);
      logic.onRecord(record, {
        ...view,
        wallMs: 1,
        get: (key: string) => {
          expect(keys).toContain(key);
          const bytes = this.stored.get(key);
          const kept = this.kept?.get(key);
          if (kept !== undefined) expect((kept as SubjectState).storedBytes).toBe(bytes?.length);
          return kept ?? (bytes === undefined ? undefined : profileCodec.decode(bytes));
        },
        set: (key: string, value: ProfileValue) => {
          this.stored.set(key, profileCodec.encode(value));
          this.kept?.set(key, value);
        },
        append: (key: string, value: ProfileValue, bytes: Buffer) => {
          const grown = Buffer.concat([this.stored.get(key)!, bytes]);
          this.stored.set(key, grown);
          this.kept?.set(key, value);
          this.appended.push(bytes.length);
          return grown;
        },
        emit: (message: OutputMessage) => void this.sent.push(message),
        deadLetter: (reason: DeadLetterReason) => void this.dead.push(reason.code),
      } as unknown as StepContext<ProfileValue, FeatureSet>);
    }
  }

  state(key: string): SubjectState | undefined {
    const bytes = this.stored.get(key);
    return bytes === undefined ? undefined : SubjectState.decode(bytes);
  }
}

const counts = featureOf({ eventTypes: ['deal.signed'], compute: { kind: 'count' } }, 'deals', 1);
const apart = featureOf(
  { eventTypes: ['deal.signed'], compute: { kind: 'sum', path: '$.data.price' }, group: 'money' },
  'money',
  2,
);
const byListing = featureOf(
  {
    eventTypes: ['deal.signed'],
    compute: { kind: 'count' },
    key: { kind: 'field', path: '$.data.listingId', entity: 'listing' },
    filter: { all: [{ fact: 'event', path: '$.data.price', operator: 'greaterThan', value: 5 }] },
  },
  'deals_of_listing',
  3,
);
const all = buildFeatureSet(4, [counts, apart, byListing], { live: { deals: 1, money: 1 }, subscribed: [1] });

test('events add up under their subject, and the place in the partition decides between equal instants', () => {
  const room = new Room();
  room.run(profileLogic(room.observer), [recordOf(event, 7), recordOf({ ...event, data: { price: 8 } }, 8)]);
  expect(room.dead).toEqual([]);
  expect([...room.stored.keys()]).toEqual([subject]);
  expect(room.state(subject)?.activity?.types.get('deal.signed')).toMatchObject({
    count: 2,
    arrival: 8,
    data: '{"price":8}',
  });
});

test('each feature group has a value of its own, and a subscribed feature tells its changes', () => {
  const room = new Room();
  room.definitions = all;
  room.run(profileLogic(room.observer), [recordOf(event, 7), recordOf({ ...event, id: 'e-2' }, 8)]);
  expect([...room.stored.keys()].sort()).toEqual([subject, `${subject} money`]);
  expect(featureValue(all.bySlot.get(2)!, room.state(`${subject} money`), 0)).toMatchObject({ value: 12, exact: '12' });
  const changes = room.sent.filter(({ topic }) => topic === 'demo.profile-changes');
  expect(changes.map(({ key, value }) => [key, JSON.parse(String(value))])).toMatchObject([
    [subject, { feature: 'deals', value: { value: 1 }, cause: { id: 'e-1' } }],
    [subject, { feature: 'deals', value: { value: 2 }, cause: { id: 'e-2' } }],
  ]);
});

test('a feature of another key gets the event once by way of the keyed topic, for the slots it was sent for', () => {
  const room = new Room();
  room.definitions = all;
  const deal = { ...event, data: { price: 6, listingId: 'l-1' } };
  room.run(profileLogic(room.observer), [
    recordOf(deal, 7),
    recordOf({ ...deal, id: 'e-2', data: { price: 1, listingId: 'l-1' } }, 8),
    recordOf({ ...deal, id: 'e-3', data: { price: 9 } }, 9),
  ]);
  const keyed = room.sent.filter(({ topic }) => topic === 'demo.keyed');
  expect(keyed.map(({ key, headers }) => [key, headers?.['hermes_slots'], headers?.['hermes_set']])).toEqual([
    ['listing:l-1', '3', '4'],
  ]);
  const other = new Room();
  other.definitions = all;
  const record = (headers: Record<string, string>): KafkaRecord => ({
    ...recordOf(deal, 1, 'listing:l-1'),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
  });
  const sent = record(keyed[0]!.headers as Record<string, string>);
  const logic = keyedLogic(other.observer);
  other.run(logic, [sent, record({ ...keyed[0]!.headers, hermes_slots: '99' } as Record<string, string>)]);
  expect(featureValue(all.bySlot.get(3)!, other.state('listing:l-1'), 0).value).toBe(1);
  expect(other.state('listing:l-1')?.isSeen).toBe(false);
  expect(logic.definitionsNeededBy?.(sent)).toBe(4);
});

test.each([
  ['read anew for each event', undefined],
  ['kept in memory', new Map<string, ProfileValue>()],
])('a large value that is %s grows by segments that are small, and is written anew when they are many', (_, kept) => {
  const room = new Room();
  room.kept = kept;
  const wide = featureOf(
    { eventTypes: ['deal.signed'], compute: { kind: 'last-n', path: '$.data.text', n: 100 } },
    'texts',
    7,
  );
  room.definitions = buildFeatureSet(1, [wide], { live: { texts: 1 }, subscribed: [] });
  const at = (ms: number): string => new Date(Date.parse(event.time) + ms).toISOString();
  const records = Array.from({ length: 120 }, (_, i) =>
    recordOf({ ...event, time: at(i), data: { text: `${i} ${'x'.repeat(200)}` } }, i),
  );
  room.run(profileLogic(room.observer), records);
  const { value } = featureValue(room.definitions.bySlot.get(7)!, room.state(subject), 0);
  expect((value as string[]).map((text) => text.split(' ')[0]).sort()).toEqual(
    records
      .slice(20)
      .map((_, i) => String(i + 20))
      .sort(),
  );
  expect(room.appended.length).toBeGreaterThan(60);
  expect(Math.max(...room.appended)).toBeLessThan(1_000);
  expect(room.stored.get(subject)!.length).toBeLessThan(60_000);
});

test('events up to an erasure do not count any more, whenever they come; later ones do', () => {
  const room = new Room();
  const erased = new SubjectState();
  erased.erasedAtMs = Date.parse(event.time);
  room.stored.set(subject, erased.encode());
  const later = { ...event, id: 'e-2', time: new Date(Date.parse(event.time) + 1).toISOString() };
  room.run(profileLogic(room.observer), [recordOf(event), recordOf(later, 8)]);
  expect(room.erased).toBe(1);
  expect(room.state(subject)?.activity?.types.get('deal.signed')?.count).toBe(1);
});

test.each([
  ['is not JSON', recordOf('{'), 'not-json'],
  ['is no event', recordOf({ id: 'e' }), 'not-an-event'],
  ['has no key', recordOf(event, 7, null), 'wrong-key'],
  ['has another key than its subject', recordOf(event, 7, 'broker:b-2'), 'wrong-key'],
  ['has another type in its header', { ...recordOf(event), headers: {} }, 'wrong-header'],
  ['belongs to another project', recordOf({ ...event, project: 'other' }), 'wrong-project'],
])('a record that %s is a dead letter and changes nothing', (_, record, code) => {
  const room = new Room();
  room.run(profileLogic(room.observer), [record]);
  expect([room.dead, room.stored.size]).toEqual([[code], 0]);
});
