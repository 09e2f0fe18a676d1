import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { EVENT_HEADERS, type HermesEvent } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import { readEvent } from '@hermes/contracts/read-event';
import { Rule } from '@hermes/contracts/rule';
import { decisionsTopic } from '@hermes/contracts/topics';
import { type Decided, decide, type UndecidedRule } from '@hermes/rules/decide';
import { RuleIndex } from '@hermes/rules/rule-index';
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
  /** What the rules in force said of an event. */
  onDecided?(event: HermesEvent, rules: RuleIndex, decided: Decided): void;
}

/** Rules as they came over the topic, compiled. Throws when a member is not a rule: then the set before stays in force. */
export function rulesOf(members: readonly { readonly value: Buffer }[]): RuleIndex {
  return new RuleIndex(members.map((member) => Rule.parse(JSON.parse(member.value.toString()))));
}

/** Rules keep no state yet; windows and sequences will. */
export type EvaluationState = never;
export const evaluationCodec: StateCodec<EvaluationState> = {
  encode: () => Buffer.alloc(0),
  decode: () => {
    throw new Error('rule-engine keeps no state of this kind');
  },
};

const text = (header: Buffer | undefined): string | undefined => header?.toString();

/** One event in, its decisions out, through the outbox. Pure. */
export function evaluationLogic(observer: EvaluationObserver): PartitionLogic<EvaluationState, RuleIndex> {
  return {
    keysOf: () => [],
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
      if (event.project !== context.project) {
        return context.deadLetter({
          code: 'wrong-project',
          reason: `an event of project "${event.project}" in a topic of "${context.project}"`,
        });
      }
      const decidedAt = new Date(context.wallMs).toISOString();
      const acceptedAt = text(record.headers[EVENT_HEADERS.acceptedAt]) ?? event.receivedat;
      const decided = decide(context.definitions, event, { acceptedAt, decidedAt });
      for (const decision of decided.decisions) {
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
      observer.onEvaluated(decided.evaluated, decided.decisions.length);
      for (const rule of decided.undecided) observer.onUndecided(rule);
      observer.onDecided?.(event, context.definitions, decided);
    },
  };
}
