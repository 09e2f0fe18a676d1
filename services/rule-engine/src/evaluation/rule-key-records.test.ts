/** Guards: what goes to another key with an event comes there as it was sent, and never makes a record that Kafka refuses. */
import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import { RULE_KEY_HEADERS, type RuleKeyValues } from '@hermes/contracts/rule-keys';
import { expect, test } from 'vitest';
import { ruleKeyHeaders, ruleKeyMessage, type RuleKeyRecord, valuesBrought } from './rule-key-records.ts';

const event: KafkaRecord = {
  topic: 'demo.events',
  partition: 1,
  offset: 7,
  key: Buffer.from('broker:b-1'),
  value: Buffer.from('{}'),
  headers: { [EVENT_HEADERS.type]: Buffer.from('a'), [EVENT_HEADERS.acceptedAt]: Buffer.from('then') },
  timestampMs: 5,
};
const sent: RuleKeyRecord = {
  key: 'listing:l-1',
  set: 3,
  place: '1/7',
  slots: [2, 9],
  values: { 'x 1': { value: [1, 'å'], version: 1, key: 'device:d', interval: { from: null, to: null } } },
  from: 'device:d',
};

function received(one: RuleKeyRecord): KafkaRecord {
  const { topic, key, value, headers = {}, timestampMs = 0 } = ruleKeyMessage('demo', event, one);
  return {
    topic,
    partition: 0,
    offset: 0,
    key: Buffer.from(key!),
    value: Buffer.from(value!),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
    timestampMs,
  };
}

test.each<[string, RuleKeyRecord]>([
  ['whole', sent],
  ['without slots', { ...sent, slots: [] }],
  ['from the subject, without values', { ...sent, from: undefined, values: {} }],
])('a record comes as it was sent, %s', (_, one) => {
  const record = received(one);
  const { values, ...headers } = one;
  expect(record).toMatchObject({ topic: 'demo.rule-keys', value: event.value, timestampMs: 5 });
  expect(record.headers[EVENT_HEADERS.acceptedAt]?.toString()).toBe('then');
  expect(ruleKeyHeaders(record)).toEqual({ ...headers, type: 'a' });
  expect(valuesBrought(record)).toEqual(values);
});

test('values that are longer together than a record can be leave out the longest', () => {
  const listOf = (length: number): RuleKeyValues[string] => ({
    value: Array.from({ length }, () => '字'.repeat(300)),
    version: 1,
    interval: { from: null, to: null },
  });
  const values = { 'long 1': listOf(400), 'short 1': listOf(1), 'middle 1': listOf(100), 'longer 1': listOf(500) };
  const record = received({ ...sent, values });
  expect(Object.keys(valuesBrought(record) ?? {}).sort()).toEqual(['long 1', 'middle 1', 'short 1']);
  expect(record.headers[RULE_KEY_HEADERS.values]!.length).toBeLessThan(500_000);
});

test.each(['{', '[]', '{"x 1": 5}', 'null'])('values that are none are told: %s', (text) => {
  const record = received(sent);
  expect(
    valuesBrought({ ...record, headers: { ...record.headers, [RULE_KEY_HEADERS.values]: Buffer.from(text) } }),
  ).toBeUndefined();
});
