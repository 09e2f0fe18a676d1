import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import { RULE_KEY_HEADERS, RuleKeyValues } from '@hermes/contracts/rule-keys';
import { ruleKeysTopic } from '@hermes/contracts/topics';
import type { OutputMessage } from '@hermes/stream-runtime/logic';

/** An event on its way to a key, beside what the record of `<project>.events` says itself. */
export interface RuleKeyRecord {
  readonly key: string;
  readonly set: number;
  readonly place: string;
  readonly slots: readonly number[];
  readonly values: RuleKeyValues;
  /** The key that it comes from; undefined: the event's subject. */
  readonly from: string | undefined;
}

/** What the headers of a record say, before its event is read. */
export type RuleKeyHeaders = Omit<RuleKeyRecord, 'values'> & { readonly type: string };

/** A message of Kafka takes a megabyte, an event in it 32 kB. */
const MAX_VALUES_BYTES = 500_000;

/** The values as JSON. Where lists of many features are longer together than a record can be, the longest are left out: rules see nothing in their place. */
function bounded(values: RuleKeyValues): string {
  const json = JSON.stringify(values);
  if (Buffer.byteLength(json) <= MAX_VALUES_BYTES) return json;
  let bytes = 0;
  const sizes = Object.entries(values)
    .map(([name, value]) => ({ name, value, size: Buffer.byteLength(JSON.stringify({ [name]: value })) }))
    .sort((a, b) => a.size - b.size);
  const kept = sizes.filter(({ size }) => (bytes += size) <= MAX_VALUES_BYTES);
  return JSON.stringify(Object.fromEntries(kept.map(({ name, value }) => [name, value])));
}

const text = (header: Buffer | undefined): string => header?.toString() ?? '';

/** @param record - that the event came in */
export function ruleKeyMessage(project: string, record: KafkaRecord, sent: RuleKeyRecord): OutputMessage {
  const acceptedAt = record.headers[EVENT_HEADERS.acceptedAt];
  return {
    topic: ruleKeysTopic(project),
    key: sent.key,
    value: record.value,
    headers: {
      [EVENT_HEADERS.type]: text(record.headers[EVENT_HEADERS.type]),
      ...(acceptedAt === undefined ? {} : { [EVENT_HEADERS.acceptedAt]: acceptedAt.toString() }),
      [RULE_KEY_HEADERS.set]: String(sent.set),
      [RULE_KEY_HEADERS.place]: sent.place,
      ...(sent.slots.length === 0 ? {} : { [RULE_KEY_HEADERS.slots]: sent.slots.join(',') }),
      ...(sent.from === undefined ? {} : { [RULE_KEY_HEADERS.from]: sent.from }),
      ...(Object.keys(sent.values).length === 0 ? {} : { [RULE_KEY_HEADERS.values]: bounded(sent.values) }),
    },
    timestampMs: record.timestampMs,
  };
}

export function ruleKeyHeaders({ key, headers }: KafkaRecord): RuleKeyHeaders {
  const [slots, from] = [text(headers[RULE_KEY_HEADERS.slots]), headers[RULE_KEY_HEADERS.from]];
  return {
    key: key?.toString() ?? '',
    type: text(headers[EVENT_HEADERS.type]),
    set: Number(text(headers[RULE_KEY_HEADERS.set]) || '0'),
    place: text(headers[RULE_KEY_HEADERS.place]),
    slots: slots === '' ? [] : slots.split(',').map(Number),
    from: from?.toString(),
  };
}

/** The values that a record brings; undefined when they are none. */
export function valuesBrought({ headers }: KafkaRecord): RuleKeyValues | undefined {
  const json = headers[RULE_KEY_HEADERS.values];
  if (json === undefined) return {};
  try {
    return RuleKeyValues.safeParse(JSON.parse(json.toString())).data;
  } catch {
    return undefined;
  }
}
