import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS, type HermesEvent } from '@hermes/contracts/event';
import { misplaced } from '@hermes/contracts/read-event';
import { keyedTopic } from '@hermes/contracts/topics';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { stampOf } from '@hermes/profiles/features/see-event';
import type { PartitionLogic, StepContext } from '@hermes/stream-runtime/logic';
import { countInGroup, type CountingObserver } from '@hermes/feature-counting/count-event';
import { decideSegments, segmentKeys } from '@hermes/feature-counting/decide-segments';
import { eventOfRecord } from '@hermes/feature-counting/event-of-record';
import { groupKey, MAIN_GROUP, type ProfileValue } from '@hermes/feature-counting/state-of-subject';

/** Headers of `<project>.keyed`: on behalf of which slots an event was sent there, and by which set they were known. */
export const KEYED_HEADERS = { slots: 'hermes_slots', set: 'hermes_set' } as const;

const NONE: readonly CompiledFeature[] = [];

/**
 * `<project>.events` -> the activity, features and segments of the event's subject; and, for features of another key, the event once more on
 * `<project>.keyed`. Pure.
 */
export function profileLogic(observer: CountingObserver): PartitionLogic<ProfileValue, FeatureSet> {
  return {
    // Ingest writes the subject as the record's key and the type as a header; a record without them is refused below.
    keysOf(record, { definitions }) {
      if (record.key === null) return [];
      const subject = record.key.toString();
      const type = record.headers[EVENT_HEADERS.type]?.toString() ?? '';
      const keys = [subject];
      for (const { group } of definitions.ofSubject(type))
        if (group !== MAIN_GROUP) keys.push(groupKey(subject, group));
      for (const key of segmentKeys(definitions, subject)) if (!keys.includes(key)) keys.push(key);
      return keys;
    },

    onRecord(record, context) {
      const read = eventOfRecord(record, context.project);
      if (read.kind === 'dead') return context.deadLetter(read.why);
      const { event } = read;
      // The runtime has checked that the key belongs to the partition; here, that it is the event's, as keysOf has taken it to be.
      const fault = misplaced(record.key?.toString(), record.headers[EVENT_HEADERS.type]?.toString(), event);
      if (fault !== undefined) return context.deadLetter(fault);
      const counting = {
        context,
        set: context.definitions,
        observer,
        subject: event.subject,
        event,
        stamp: stampOf(event),
        arrival: record.offset,
        offset: record.offset,
      };
      const groups = context.definitions.ofSubject(event.type);
      countInGroup(counting, MAIN_GROUP, groups.find(({ group }) => group === MAIN_GROUP)?.features ?? NONE, true);
      for (const { group, features } of groups) {
        if (group !== MAIN_GROUP) countInGroup(counting, group, features, false);
      }
      decideSegments(counting);
      sendKeyed(record, event, context);
    },
  };
}

/** Sends the event to the profiles of other keys that it changes, once for each. */
function sendKeyed(record: KafkaRecord, event: HermesEvent, context: StepContext<ProfileValue, FeatureSet>): void {
  const keyed = context.definitions.keyed(event.type);
  if (keyed.length === 0) return;
  const slots = new Map<string, number[]>();
  for (const feature of keyed) {
    const subject = feature.passes(event) ? feature.keyIn?.(event) : undefined;
    if (subject === undefined) continue;
    const list = slots.get(subject);
    if (list === undefined) slots.set(subject, [feature.slot]);
    else list.push(feature.slot);
  }
  for (const [subject, list] of slots) {
    context.emit({
      topic: keyedTopic(context.project),
      key: subject,
      value: record.value,
      headers: {
        [EVENT_HEADERS.type]: event.type,
        [KEYED_HEADERS.slots]: list.join(','),
        [KEYED_HEADERS.set]: String(context.definitionsVersion),
      },
      timestampMs: record.timestampMs,
    });
  }
}
