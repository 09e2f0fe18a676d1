import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import type { Decision } from '@hermes/contracts/decision';
import { EVENT_HEADERS, type HermesEvent } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import { misplaced, readEvent } from '@hermes/contracts/read-event';
import { Rule } from '@hermes/contracts/rule';
import { subjectHash } from '@hermes/contracts/subject-hash';
import { decisionsTopic } from '@hermes/contracts/topics';
import { type Decided, decide, type UndecidedRule } from '@hermes/rules/decide';
import { RuleIndex } from '@hermes/rules/rule-index';
import { Firings } from '@hermes/rules/suppression';
import type { PartitionLogic, StateCodec, StepContext } from '@hermes/stream-runtime/logic';

/** Headers of a record on `<project>.decisions`, so that a reader skips what it does not want without parsing. */
export const DECISION_HEADERS = {
  id: 'hermes_decision',
  ruleId: 'hermes_rule',
  alert: 'hermes_alert',
  severity: 'hermes_severity',
} as const;

/** Told what happened, for metrics; changes nothing. */
export interface EvaluationObserver {
  onEvaluated(rules: number, fired: number): void;
  onUndecided(rule: UndecidedRule): void;
  onSuppressed(decisions: number): void;
  /** What the rules in force said of an event. */
  onDecided?(event: HermesEvent, rules: RuleIndex, decided: Decided): void;
}

/** Rules as they came over the topic, compiled. Throws when a member is not a rule: then the set before stays in force. */
export function rulesOf(members: readonly { readonly value: Buffer }[]): RuleIndex {
  return new RuleIndex(members.map((member) => Rule.parse(JSON.parse(member.value.toString()))));
}

/** What has fired for a subject. */
export type EvaluationState = Firings;
export const evaluationCodec: StateCodec<EvaluationState> = {
  encode: (firings) => firings.encode(),
  decode: (bytes) => Firings.decode(bytes),
};

/** The subject itself stands nowhere in this state: it may be a person's, who wants to be forgotten. */
const firingsKey = (subject: string): string => `fired ${subjectHash(subject)}`;

const text = (header: Buffer | undefined): string | undefined => header?.toString();

/** One event in, its decisions out, through the outbox. Pure. */
export function evaluationLogic(observer: EvaluationObserver): PartitionLogic<EvaluationState, RuleIndex> {
  return {
    keysOf({ key, headers }, { definitions }) {
      const type = text(headers[EVENT_HEADERS.type]);
      return key !== null && definitions.suppresses(type) ? [firingsKey(key.toString())] : [];
    },
    onRecord(record: KafkaRecord, context: StepContext<EvaluationState, RuleIndex>): void {
      const type = text(record.headers[EVENT_HEADERS.type]);
      if (type !== undefined && context.definitions.interested(type) === 0) return;
      const read = readEvent(record.value);
      if (read.kind === 'dead') return context.deadLetter({ code: read.code, reason: read.reason });
      const { event } = read;
      if (partitionOf(event.subject, context.partitions) !== context.partition) {
        return context.deadLetter({
          code: 'wrong-partition',
          reason: `subject "${event.subject}" belongs to partition ${partitionOf(event.subject, context.partitions)}; write with murmur2 of the subject`,
        });
      }
      const fault = misplaced(record.key?.toString(), type ?? event.type, event);
      if (fault !== undefined) return context.deadLetter(fault);
      if (event.project !== context.project) {
        return context.deadLetter({
          code: 'wrong-project',
          reason: `an event of project "${event.project}" in a topic of "${context.project}"`,
        });
      }
      const decidedAt = new Date(context.wallMs).toISOString();
      const acceptedAt = text(record.headers[EVENT_HEADERS.acceptedAt]) ?? event.receivedat;
      const decided = decide(context.definitions, { event }, { acceptedAt, decidedAt });
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
          },
        });
      }
      observer.onEvaluated(decided.evaluated, decisions.length);
      observer.onSuppressed(decided.decisions.length - decisions.length);
      for (const rule of decided.undecided) observer.onUndecided(rule);
      observer.onDecided?.(event, context.definitions, decided);
    },
  };
}

/** The decisions of rules that have not fired for the subject within their period. */
function withoutSuppressed(
  decisions: readonly Decision[],
  { subject, receivedat }: HermesEvent,
  context: StepContext<EvaluationState, RuleIndex>,
): readonly Decision[] {
  const { definitions } = context;
  if (!decisions.some(({ ruleId }) => definitions.suppressionMsOf(ruleId) !== undefined)) return decisions;
  const key = firingsKey(subject);
  const receivedAtMs = Date.parse(receivedat);
  const firings = context.get(key) ?? new Firings();
  const made = decisions.flatMap((decision): Decision[] => {
    const periodMs = definitions.suppressionMsOf(decision.ruleId);
    if (periodMs === undefined) return [decision];
    const firing = firings.fire(decision.ruleId, periodMs, receivedAtMs);
    if (firing.kind === 'suppressed') return [];
    return [firing.suppressed === 0 ? decision : { ...decision, suppressed: firing.suppressed }];
  });
  context.set(key, firings, { ttlMs: firings.prune(receivedAtMs) });
  return made;
}
