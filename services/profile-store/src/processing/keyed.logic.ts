import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { stampOf } from '@hermes/profiles/features/see-event';
import type { PartitionLogic } from '@hermes/stream-runtime/logic';
import { countInGroup, type CountingObserver } from '@hermes/feature-counting/count-event';
import { eventOfRecord } from '@hermes/feature-counting/event-of-record';
import { KEYED_HEADERS } from './profile.logic.ts';
import { groupKey, type ProfileValue } from '@hermes/feature-counting/state-of-subject';

const text = (header: Buffer | undefined): string => header?.toString() ?? '';

const slotsOf = (record: KafkaRecord): ReadonlySet<number> =>
  new Set(text(record.headers[KEYED_HEADERS.slots]).split(',').map(Number));

/**
 * `<project>.keyed` -> features of other keys than the event's subject. A record counts for the slots on whose behalf it was sent, and for
 * no other: so a new feature counts from the same event on that the first processor has cut at, whatever this one knew by then. Pure.
 */
export function keyedLogic(observer: CountingObserver): PartitionLogic<ProfileValue, FeatureSet> {
  const interested = (
    record: KafkaRecord,
    definitions: FeatureSet,
  ): readonly { readonly group: string; readonly features: readonly CompiledFeature[] }[] => {
    const slots = slotsOf(record);
    return definitions
      .keyedByGroup(text(record.headers[EVENT_HEADERS.type]))
      .map(({ group, features }) => ({ group, features: features.filter(({ slot }) => slots.has(slot)) }))
      .filter(({ features }) => features.length > 0);
  };
  return {
    // A set that the sender knew must be known here before the record counts, or it would count for too few.
    definitionsNeededBy: (record) => Number(text(record.headers[KEYED_HEADERS.set]) || '0'),

    keysOf(record, { definitions }) {
      if (record.key === null) return [];
      const subject = record.key.toString();
      return interested(record, definitions).map(({ group }) => groupKey(subject, group));
    },

    onRecord(record, context) {
      const read = eventOfRecord(record, context.project);
      if (read.kind === 'dead') return context.deadLetter(read.why);
      const { event } = read;
      const subject = text(record.key ?? undefined);
      const counting = {
        context,
        set: context.definitions,
        observer,
        subject,
        event,
        stamp: stampOf(event),
        arrival: record.offset,
      };
      for (const { group, features } of interested(record, context.definitions)) {
        countInGroup(
          counting,
          group,
          features.filter((feature) => feature.keyIn?.(event) === subject),
          false,
        );
      }
    },
  };
}
