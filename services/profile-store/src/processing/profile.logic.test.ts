import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { partitionOf } from '@hermes/contracts/partitioning';
import type { ProfileState } from '@hermes/profiles/profile-state';
import { sampleEvent } from '@hermes/service-kit/testing/sample-event';
import type { DeadLetterReason, StepContext } from '@hermes/stream-runtime/logic';
import { expect, test } from 'vitest';
import { profileLogic } from './profile.logic.ts';

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
  headers: {},
  timestampMs: 0,
});

/** Runs the logic on records in order, as the runtime does: only keys that were announced may be read. */
function run(records: readonly KafkaRecord[], partition = home) {
  const states = new Map<string, ProfileState>();
  const dead: DeadLetterReason[] = [];
  for (const record of records) {
    const view = { project: 'demo', partition, partitions, definitions: undefined, definitionsVersion: 0 };
    const keys = profileLogic.keysOf(record, view);
    const context = {
      ...view,
      get: (key: string) => (expect(keys).toContain(key), states.get(key)),
      set: (key: string, state: ProfileState) => (expect(keys).toContain(key), void states.set(key, state)),
      deadLetter: (reason: DeadLetterReason) => void dead.push(reason),
    } as unknown as StepContext<ProfileState, void>;
    profileLogic.onRecord(record, context);
  }
  return { states, dead: dead.map(({ code }) => code) };
}

test('events add up under their subject, and the place in the partition decides between equal instants', () => {
  const { states, dead } = run([recordOf(event, 7), recordOf({ ...event, data: { price: 8 } }, 8)]);
  expect(dead).toEqual([]);
  expect([...states.keys()]).toEqual([subject]);
  expect(states.get(subject)?.types.get('deal.signed')).toMatchObject({ count: 2, arrival: 8, data: '{"price":8}' });
});

test.each([
  ['is not JSON', recordOf('{'), home, 'not-json'],
  ['is no event', recordOf({ id: 'e' }), home, 'not-an-event'],
  ['has no key', recordOf(event, 7, null), home, 'wrong-key'],
  ['has another key than its subject', recordOf(event, 7, 'broker:b-2'), home, 'wrong-key'],
  ['stands in the wrong partition', recordOf(event), (home + 1) % partitions, 'wrong-partition'],
  ['belongs to another project', recordOf({ ...event, project: 'other' }), home, 'wrong-project'],
])('a record that %s is a dead letter and changes nothing', (_, record, partition, code) => {
  const { states, dead } = run([record], partition);
  expect([dead, states.size]).toEqual([[code], 0]);
});
