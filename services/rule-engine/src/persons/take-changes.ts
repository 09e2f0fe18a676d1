import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { outboxPlaceOf } from '@hermes/contracts/outbox-place';
import type { PersonValue } from '@hermes/contracts/person';
import { ProfileChange, SegmentChange } from '@hermes/contracts/profile-change';
import { isSegmentName, personName } from '@hermes/rules/person-fact';
import type { Injection } from '@hermes/stream-runtime/injection-queue';
import type { EvaluationState } from '../evaluation/evaluation-state.ts';
import type { RuleSet } from '../evaluation/rule-set.ts';
import { CHANGES_READ_KEY, ChangesRead } from './changes-read.ts';
import { Told, toldKey } from './told.ts';

/** What a record tells of a person. */
interface ToldOfPerson {
  readonly subject: string;
  readonly name: string;
  readonly value: PersonValue;
}

/** What a record of `<project>.profile-changes` tells; undefined where it is nothing that rules are to know. */
export function toldBy({ value }: Pick<KafkaRecord, 'value'>): ToldOfPerson | undefined {
  let json: unknown;
  try {
    json = JSON.parse(value?.toString() ?? '');
  } catch {
    return undefined;
  }
  const membership = SegmentChange.safeParse(json).data;
  if (membership !== undefined) {
    const { subject, segment, version, change, cause } = membership;
    const told = { value: change === 'entered', version, interval: { from: null, to: null }, cause };
    return { subject, name: personName({ kind: 'segment', id: segment }), value: told };
  }
  const change = ProfileChange.safeParse(json).data;
  if (change === undefined || change.unanswered === true) return undefined;
  const { subject, feature, value: told, cause } = change;
  return { subject, name: personName({ kind: 'feature', id: feature }), value: { ...told, cause } };
}

/** The event that the first of the changes comes from has not been evaluated yet: nothing was changed. */
export class NotYetError extends Error {
  override readonly name = 'NotYetError';
}

/**
 * Takes changes of profiles into the partition's state, with how far they are read: each once, in their order, and none before the event that it comes from
 * has been evaluated. So what an event finds is of earlier events, however far this partition is behind.
 *
 * @param onTaken - told how many of the records are done with, from the first on
 */
export function takeChanges(
  records: readonly KafkaRecord[],
  onTaken: (records: number) => void,
): Injection<EvaluationState, RuleSet> {
  const changes = records.map((record) => ({ record, told: toldBy(record) }));
  const subjects = new Set(changes.flatMap(({ told }) => told?.subject ?? []));
  return {
    keys: [CHANGES_READ_KEY, ...[...subjects].map(toldKey)],
    apply(context, nextOffset) {
      const read = changesRead(context);
      let taken = 0;
      let isNews = false;
      for (const { record, told } of changes) {
        if (record.offset >= (read.next ?? 0)) {
          if ((told?.value.cause.offset ?? -1) >= nextOffset) break;
          isNews = true;
          read.next = record.offset + 1;
          const place = outboxPlaceOf(record.headers);
          const isThere = place !== undefined && read.hasSeen(place);
          if (told !== undefined && !isThere) {
            const known = context.get(toldKey(told.subject));
            const person = known instanceof Told ? known : new Told();
            person.take(
              told.name,
              told.value,
              read.lost,
              (name) => isSegmentName(name) || context.definitions.persons.has(name),
            );
            context.set(toldKey(told.subject), person);
          }
        }
        taken += 1;
      }
      if (taken === 0) throw new NotYetError('the event that it comes from is not evaluated yet');
      if (isNews) context.set(CHANGES_READ_KEY, read);
      onTaken(taken);
    },
  };
}

/** Tells how far the partition has read; nothing is changed. */
export const askHowFar = (onTold: (next: number | undefined) => void): Injection<EvaluationState, RuleSet> => ({
  keys: [CHANGES_READ_KEY],
  apply: (context) => onTold(changesRead(context).next),
});

/** Retention has taken changes before `next` that were not read: what was told before is not known any more. */
export const loseChanges = (next: number): Injection<EvaluationState, RuleSet> => ({
  keys: [CHANGES_READ_KEY],
  apply(context) {
    const read = changesRead(context);
    if ((read.next ?? 0) >= next) return;
    read.next = next;
    read.lost += 1;
    context.set(CHANGES_READ_KEY, read);
  },
});

function changesRead(context: { get(key: string): EvaluationState | undefined }): ChangesRead {
  const known = context.get(CHANGES_READ_KEY);
  return known instanceof ChangesRead ? known : new ChangesRead();
}
