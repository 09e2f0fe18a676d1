import type { KafkaDriver, KafkaMessage } from '@hermes/connectors/kafka/driver';
import { DefinitionSet, definitionKey, definitionSetKey } from '@hermes/contracts/definitions';

/** Sets that stay in the topic, so that a processor finds the one that its state names. */
export const KEPT_SETS = 100;

export interface DefinitionMember {
  readonly id: string;
  /** Immutable: another value is another version. */
  readonly version: number;
  readonly value: Buffer | string;
}

export interface Publication {
  readonly members: readonly DefinitionMember[];
  /** ISO 8601. */
  readonly publishedAt: string;
}

/** What a definitions topic holds now, by record key. */
export type DefinitionsTopic = ReadonlyMap<string, Buffer>;

/**
 * The records that publish a set, in the order in which they must be written: members that are not there yet, the set, then
 * tombstones for what the newest sets no longer need. Empty when the newest set already says the same. Pure.
 *
 * @throws Error when a member's version is in the topic with another value
 */
export function planPublication(
  topic: string,
  present: DefinitionsTopic,
  publication: Publication,
): { readonly number: number; readonly messages: readonly KafkaMessage[] } {
  const sets = [...present]
    .filter(([key]) => key.startsWith('set/'))
    .map(([, value]) => DefinitionSet.parse(JSON.parse(value.toString())))
    .sort((a, b) => a.number - b.number);
  const newest = sets.at(-1);
  const members = publication.members
    .map(({ id, version }) => ({ id, version }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const messages: KafkaMessage[] = [];
  for (const member of publication.members) {
    const key = definitionKey(member.id, member.version);
    const value = Buffer.from(member.value);
    const known = present.get(key);
    if (known === undefined) messages.push({ topic, key, value });
    else if (!known.equals(value))
      throw new Error(`${key} is published with another value: give the change a new version`);
  }
  if (newest !== undefined && messages.length === 0 && JSON.stringify(newest.members) === JSON.stringify(members)) {
    return { number: newest.number, messages: [] };
  }
  const number = (newest?.number ?? 0) + 1;
  const set: DefinitionSet = { number, members, publishedAt: publication.publishedAt };
  messages.push({ topic, key: definitionSetKey(number), value: JSON.stringify(set) });
  const kept = [...sets, set].slice(-KEPT_SETS);
  const needed = new Set(kept.flatMap((one) => one.members.map(({ id, version }) => definitionKey(id, version))));
  for (const old of sets)
    if (!kept.includes(old)) messages.push({ topic, key: definitionSetKey(old.number), value: null });
  for (const key of present.keys())
    if (key.startsWith('def/') && !needed.has(key)) messages.push({ topic, key, value: null });
  return { number, messages };
}

/**
 * Publishes a set of definitions on its compacted topic; a repeat changes nothing. Answers the set's number.
 * Two publishers of one topic must not do this at the same time: whoever owns the definitions holds a lock meanwhile.
 *
 * @throws KafkaError; Error when a member's version is there with another value
 */
export async function publishDefinitionSet(
  kafka: KafkaDriver,
  topic: string,
  publication: Publication,
): Promise<number> {
  const present = new Map<string, Buffer>();
  const follower = await kafka.follow({
    topic,
    onRecord: ({ key, value }) => {
      const name = key?.toString() ?? '';
      if (value === null) present.delete(name);
      else present.set(name, value);
    },
  });
  await follower.caughtUp.finally(() => follower.close());
  const { number, messages } = planPublication(topic, present, publication);
  if (messages.length === 0) return number;
  const producer = await kafka.producer();
  try {
    // Members are acknowledged before the set is written, and the set before anything old goes.
    const setAt = messages.findIndex((message) => message.key === definitionSetKey(number));
    for (const part of [messages.slice(0, setAt), messages.slice(setAt, setAt + 1), messages.slice(setAt + 1)]) {
      if (part.length > 0) await producer.send(part);
    }
  } finally {
    await producer.close();
  }
  return number;
}
