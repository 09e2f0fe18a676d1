import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import { misplaced } from '@hermes/contracts/read-event';
import { countInGroup, type CountingObserver } from '@hermes/feature-counting/count-event';
import { eventOfRecord } from '@hermes/feature-counting/event-of-record';
import { groupKey } from '@hermes/feature-counting/state-of-subject';
import { stampOf } from '@hermes/profiles/features/see-event';
import type { Evaluator } from '@hermes/rules/decide';
import type { ListLookup } from '@hermes/rules/list-operators';
import type { PartitionLogic, StepContext } from '@hermes/stream-runtime/logic';
import { decideAtKey, type DecisionObserver, decidingKeys } from './decide-at-key.ts';
import { decideByTime, decidingKeysOfTimer } from './decide-by-time.ts';
import { featuresOf } from './feature-values.ts';
import type { EvaluationState } from './evaluation-state.ts';
import { lookedUp, questionsAbout } from './looked-up.ts';
import { personKeys, personOf } from '../persons/person-values.ts';
import type { RuleSet } from './rule-set.ts';
import { sendToKeys } from './send-to-keys.ts';

/** Told what happened, for metrics; changes nothing. */
export type EvaluationObserver = CountingObserver & DecisionObserver;

const NO_QUESTIONS: readonly string[] = [];

/**
 * One event in, its decisions out, through the outbox. It counts first in the features that rules ask for, so that these are as of the event and
 * with it. Rules that go by another key than the subject, or ask for features of one, are asked there (`keyed.logic.ts`). Timers are those of facts with a
 * memory. Pure.
 *
 * @param list - looks named lists up as they are now
 * @param evaluator - asked instead of the compiled rules, but of those that time decides: they ask for facts with a memory
 */
export function evaluationLogic(
  observer: EvaluationObserver,
  list?: ListLookup,
  evaluator?: Evaluator,
): PartitionLogic<EvaluationState, RuleSet> {
  return {
    // Ingest writes the subject as the record's key and the type as a header; an event that does not agree with them is refused below.
    keysOf({ key, headers }, { definitions }) {
      if (key === null) return [];
      const [subject, type] = [key.toString(), headers[EVENT_HEADERS.type]?.toString()];
      if (type === undefined) return [];
      const keys = definitions.groupsOf(type).map((group) => groupKey(subject, group));
      if (definitions.personsAskedBy(type).length > 0) keys.push(...personKeys(subject));
      return [...keys, ...decidingKeys(definitions, type, subject)];
    },
    questionsOf(record, { project, definitions }) {
      const type = record.headers[EVENT_HEADERS.type]?.toString();
      if (type === undefined || !definitions.questions.askOf(type)) return NO_QUESTIONS;
      const read = eventOfRecord(record, project);
      return read.kind === 'dead' ? NO_QUESTIONS : questionsAbout(definitions, read.event);
    },
    onRecord(record: KafkaRecord, context: StepContext<EvaluationState, RuleSet>): void {
      const { definitions } = context;
      const type = record.headers[EVENT_HEADERS.type]?.toString();
      if (type !== undefined && definitions.ignores(type)) return;
      const read = eventOfRecord(record, context.project);
      if (read.kind === 'dead') return context.deadLetter(read.why);
      const { event } = read;
      // The runtime has checked that the key belongs to the partition; here, that it is the event's, as keysOf has taken it to be.
      const fault = misplaced(record.key?.toString(), type, event);
      if (fault !== undefined) return context.deadLetter(fault);
      const stamp = stampOf(event);
      const { subject } = event;
      for (const { group, features } of definitions.features.ofSubject(event.type))
        countInGroup(
          { context, set: definitions.features, observer, subject, event, stamp, arrival: record.offset },
          group,
          features,
          false,
        );
      const asksPerson = definitions.personsAskedBy(event.type).length > 0;
      const person = asksPerson ? personOf(definitions, context, subject) : undefined;
      if (definitions.isAsked(event.type)) {
        const facts = {
          event,
          feature: featuresOf(definitions, context, subject, stamp.receivedAtMs),
          lookup: lookedUp(definitions, context),
          list,
          ...(person === undefined ? {} : { person }),
        };
        decideAtKey({ context, observer, rules: definitions, key: subject, record, facts, evaluator });
      }
      if (definitions.sendsOn(event.type)) sendToKeys(record, event, stamp.receivedAtMs, context, person);
    },
    keysOfTimer: decidingKeysOfTimer,
    onTimer: (timer, context) => decideByTime(timer, context, observer, list),
  };
}
