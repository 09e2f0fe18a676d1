import type { Decision, TraceEntry } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import type { Rule } from '@hermes/contracts/rule';
import { compileCondition } from './condition.ts';
import { decisionId } from './decision-id.ts';
import type { RuleIndex } from './rule-index.ts';
import { TRUE, type Verdict } from './verdict.ts';

/** The way's instants, ISO 8601; they go into decisions and decide nothing. */
export interface DecisionInstants {
  readonly acceptedAt: string;
  readonly decidedAt: string;
}

/** A rule that could not say yes or no on this event: json-rules-engine would have thrown. */
export interface UndecidedRule {
  readonly ruleId: string;
  readonly ruleVersion: number;
}

export interface Decided {
  readonly evaluated: number;
  /** In the rules' order of priority. */
  readonly decisions: readonly Decision[];
  readonly undecided: readonly UndecidedRule[];
}

function decisionOf(rule: Rule, event: HermesEvent, trace: TraceEntry[], instants: DecisionInstants): Decision {
  return {
    id: decisionId({
      project: event.project,
      ruleId: rule.id,
      ruleVersion: rule.version,
      eventSource: event.source,
      eventId: event.id,
    }),
    project: event.project,
    ruleId: rule.id,
    ruleName: rule.name,
    ruleVersion: rule.version,
    severity: rule.severity,
    alert: rule.alert,
    outcome: rule.event,
    subject: event.subject,
    event: { id: event.id, source: event.source, type: event.type, time: event.time, data: event.data },
    trace,
    receivedAt: event.receivedat,
    acceptedAt: instants.acceptedAt,
    decidedAt: instants.decidedAt,
  };
}

/**
 * What a project's rules say about one event. Only a rule that fires pays for its trace.
 */
export function decide(index: RuleIndex, event: HermesEvent, instants: DecisionInstants): Decided {
  const decisions: Decision[] = [];
  const undecided: UndecidedRule[] = [];
  index.evaluate(event.type, { event }, (rule, verdict) => {
    if (verdict === TRUE) decisions.push(decisionOf(rule, event, index.explain(rule), instants));
    else undecided.push({ ruleId: rule.id, ruleVersion: rule.version });
  });
  return { evaluated: index.interested(event.type), decisions, undecided };
}

/** How one rule sees one event. */
export interface DryRun {
  /** False when the rule does not look at events of this type; the conditions are evaluated all the same. */
  readonly interested: boolean;
  readonly outcome: 'fires' | 'does-not-fire' | 'undecidable';
  readonly trace: readonly TraceEntry[];
}

const OUTCOMES: Readonly<Record<Verdict, DryRun['outcome']>> = { 0: 'does-not-fire', 1: 'fires', 2: 'undecidable' };

/** Evaluates one rule on one event with its trace, and does nothing else. */
export function dryRun(
  rule: Pick<Rule, 'conditions' | 'eventTypes'>,
  event: Pick<HermesEvent, 'type' | 'data'>,
): DryRun {
  const trace: TraceEntry[] = [];
  const verdict = compileCondition(rule.conditions).explain({ event }, trace);
  return { interested: rule.eventTypes.includes(event.type), outcome: OUTCOMES[verdict], trace };
}
