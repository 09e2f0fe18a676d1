import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import type { Decision } from '@hermes/contracts/decision';
import { EVENT_HEADERS, type HermesEvent } from '@hermes/contracts/event';
import { misplaced } from '@hermes/contracts/read-event';
import { subjectHash } from '@hermes/contracts/subject-hash';
import { decisionsTopic } from '@hermes/contracts/topics';
import { countInGroup, type CountingObserver } from '@hermes/feature-counting/count-event';
import { eventOfRecord } from '@hermes/feature-counting/event-of-record';
import { groupKey } from '@hermes/feature-counting/state-of-subject';
import { stampOf } from '@hermes/profiles/features/see-event';
import { type Decided, decide, type EventFacts, type UndecidedRule } from '@hermes/rules/decide';
import type { RuleIndex } from '@hermes/rules/rule-index';
import { Firings } from '@hermes/rules/suppression';
import type { PartitionLogic, StepContext } from '@hermes/stream-runtime/logic';
import type { EvaluationState } from './evaluation-state.ts';
import type { RuleSet } from './rule-set.ts';
import { featuresOf } from './subject-features.ts';

/** Headers of a record on `<project>.decisions`, so that a reader skips what it does not want without parsing. */
export const DECISION_HEADERS = {
  id: 'hermes_decision',
  ruleId: 'hermes_rule',
  alert: 'hermes_alert',
  severity: 'hermes_severity',
  /** Only on decisions that nothing is done about. */
  shadow: 'hermes_shadow',
} as const;

/** Told what happened, for metrics; changes nothing. */
export interface EvaluationObserver extends CountingObserver {
  onEvaluated(rules: number, fired: number): void;
  onUndecided(rule: UndecidedRule): void;
  onSuppressed(decisions: number): void;
  /** Decisions of rules in the shadow, which are not among those that fired. */
  onShadow(decisions: number): void;
  /** What the rules in force said of an event; its features can be asked for until this returns. */
  onDecided?(facts: EventFacts, rules: RuleIndex, decided: Decided): void;
}

/** Firings outlive an erasure, so the subject itself stands nowhere in them: it may be a person's, who wants to be forgotten. */
const firingsKey = (subject: string): string => `fired ${subjectHash(subject)}`;

const text = (header: Buffer | undefined): string | undefined => header?.toString();

/**
 * One event in, its decisions out, through the outbox. It counts first in the features that rules ask for, so that these are as of the event and
 * with it. Pure.
 */
export function evaluationLogic(observer: EvaluationObserver): PartitionLogic<EvaluationState, RuleSet> {
  return {
    // Ingest writes the subject as the record's key and the type as a header; an event that does not agree with them is refused below.
    keysOf({ key, headers }, { definitions }) {
      if (key === null) return [];
      const [subject, type] = [key.toString(), text(headers[EVENT_HEADERS.type])];
      if (type === undefined) return [];
      const keys = definitions.groupsOf(type).map((group) => groupKey(subject, group));
      return definitions.index.suppresses(type) ? [...keys, firingsKey(subject)] : keys;
    },
    onRecord(record: KafkaRecord, context: StepContext<EvaluationState, RuleSet>): void {
      const { definitions } = context;
      const type = text(record.headers[EVENT_HEADERS.type]);
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
      if (definitions.index.interested(event.type) === 0) return;
      const facts = { event, feature: featuresOf(definitions, context, subject, stamp.receivedAtMs) };
      const decidedAt = new Date(context.wallMs).toISOString();
      const acceptedAt = text(record.headers[EVENT_HEADERS.acceptedAt]) ?? event.receivedat;
      const decided = decide(definitions.index, facts, { acceptedAt, decidedAt });
      const decisions = withoutSuppressed(decided.decisions, event, context);
      for (const decision of decisions) {
        context.emit({
          topic: decisionsTopic(context.project),
          partition: context.partition,
          key: decision.subject,
          value: JSON.stringify(decision),
          headers: {
            [DECISION_HEADERS.id]: decision.id,
            [DECISION_HEADERS.ruleId]: decision.ruleId,
            [DECISION_HEADERS.alert]: String(decision.alert),
            [DECISION_HEADERS.severity]: decision.severity,
            ...(decision.shadow === undefined ? {} : { [DECISION_HEADERS.shadow]: 'true' }),
          },
        });
      }
      const shadows = decisions.filter(({ shadow }) => shadow === true).length;
      observer.onEvaluated(decided.evaluated, decisions.length - shadows);
      if (shadows > 0) observer.onShadow(shadows);
      observer.onSuppressed(decided.decisions.length - decisions.length);
      for (const rule of decided.undecided) observer.onUndecided(rule);
      observer.onDecided?.(facts, definitions.index, decided);
    },
  };
}

/** The decisions of rules that have not fired for the subject within their period. */
function withoutSuppressed(
  decisions: readonly Decision[],
  { subject, receivedat }: HermesEvent,
  context: StepContext<EvaluationState, RuleSet>,
): readonly Decision[] {
  const { index } = context.definitions;
  if (!decisions.some(({ ruleId }) => index.suppressionMsOf(ruleId) !== undefined)) return decisions;
  const key = firingsKey(subject);
  const receivedAtMs = Date.parse(receivedat);
  const firings = (context.get(key) as Firings | undefined) ?? new Firings();
  const made = decisions.flatMap((decision): Decision[] => {
    const periodMs = index.suppressionMsOf(decision.ruleId);
    if (periodMs === undefined) return [decision];
    // What a rule does in the shadow suppresses nothing that it does in the light.
    const name = decision.shadow === true ? `~${decision.ruleId}` : decision.ruleId;
    const firing = firings.fire(name, periodMs, receivedAtMs);
    if (firing.kind === 'suppressed') return [];
    return [firing.suppressed === 0 ? decision : { ...decision, suppressed: firing.suppressed }];
  });
  context.set(key, firings, { ttlMs: firings.prune(receivedAtMs) });
  return made;
}
