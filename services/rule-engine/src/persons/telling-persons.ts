import type { PastPersons } from '@hermes/contracts/rule-backtest';
import { countInGroup, type CountingObserver } from '@hermes/feature-counting/count-event';
import { decideSegments } from '@hermes/feature-counting/decide-segments';
import { eventOfRecord } from '@hermes/feature-counting/event-of-record';
import { buildFeatureSet, type FeatureSet } from '@hermes/profiles/features/feature-set';
import { stampOf } from '@hermes/profiles/features/see-event';
import type { OutputMessage, PartitionLogic, StepContext } from '@hermes/stream-runtime/logic';
import type { EvaluationState } from '../evaluation/evaluation-state.ts';
import type { RuleSet } from '../evaluation/rule-set.ts';
import { toldBy } from './take-changes.ts';
import { Told, toldKey } from './told.ts';

const NOBODY: CountingObserver = { onLate: () => undefined, onErased: () => undefined };

/** Kept apart from the features that the rules count themselves. */
const apart = (key: string): string => `~past ${key}`;

/** Each with a slot of its own, whatever it has where it was published. */
export function pastFeatureSet({ features, told, segments }: PastPersons): FeatureSet {
  const own = features.map((feature, i) => ({ ...feature, slot: i + 1 }));
  const status = {
    live: Object.fromEntries(own.map(({ id, version }) => [id, version])),
    subscribed: own.filter(({ id }) => told.includes(id)).map(({ slot }) => slot),
    segments: true as const,
  };
  return buildFeatureSet(1, own, status, segments);
}

/**
 * The logic on events of the past, with what profile-store would have told of persons: counted and decided as there, after each event, so that the next one of its
 * subject finds it. Pure.
 */
export function tellingPersons(
  logic: PartitionLogic<EvaluationState, RuleSet>,
  persons: FeatureSet,
): PartitionLogic<EvaluationState, RuleSet> {
  return {
    ...logic,
    onRecord(record, context) {
      logic.onRecord(record, context);
      const read = eventOfRecord(record, context.project);
      if (read.kind === 'dead') return;
      const { event } = read;
      const changes: OutputMessage[] = [];
      const counting = {
        context: countingApart(context, (message) => changes.push(message)),
        set: persons,
        observer: NOBODY,
        subject: event.subject,
        event,
        stamp: stampOf(event),
        arrival: record.offset,
        offset: record.offset,
      };
      for (const { group, features } of persons.ofSubject(event.type)) countInGroup(counting, group, features, false);
      decideSegments(counting);
      for (const { value } of changes) {
        const told = toldBy({ value: Buffer.from(String(value)) });
        if (told === undefined) continue;
        const known = context.get(toldKey(told.subject));
        const person = known instanceof Told ? known : new Told();
        person.take(told.name, told.value, 0, () => true);
        context.set(toldKey(told.subject), person);
      }
    },
  };
}

type Context = StepContext<EvaluationState, RuleSet>;

function countingApart(context: Context, onEmit: (message: OutputMessage) => void) {
  return {
    project: context.project,
    wallMs: context.wallMs,
    emit: onEmit,
    get: (key: string) => context.get(apart(key)),
    set: (key: string, value: unknown) => context.set(apart(key), value as EvaluationState),
    append: (key: string, value: unknown, bytes: Buffer) => context.append(apart(key), value as EvaluationState, bytes),
  };
}
