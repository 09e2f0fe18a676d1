import { EVENT_HEADERS } from '@hermes/contracts/event';
import { inboxRecord } from '@hermes/contracts/inbox-record';
import type { Decision } from '@hermes/contracts/decision';
import { partitionOf } from '@hermes/contracts/partitioning';
import { subjectHash } from '@hermes/contracts/subject-hash';
import { decisionsTopic } from '@hermes/contracts/topics';
import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { actionEvents } from '@hermes/rules/action-events';
import { type Decided, decide, type EventFacts, type Evaluator, type UndecidedRule } from '@hermes/rules/decide';
import type { RuleIndex } from '@hermes/rules/rule-index';
import { Firings } from '@hermes/rules/suppression';
import type { StepContext } from '@hermes/stream-runtime/logic';
import { decisionMessage } from './decision-message.ts';
import type { EvaluationState } from './evaluation-state.ts';
import { type MemoryObserver, type MemoryRules, remember, rememberingKeys } from './remember.ts';
import type { RuleSet } from './rule-set.ts';

/** Told what evaluation met, for metrics; changes nothing. */
export interface DecisionObserver extends MemoryObserver {
  onEvaluated(rules: number, fired: number): void;
  onUndecided(rule: UndecidedRule): void;
  onSuppressed(decisions: number): void;
  /** Decisions of rules in the shadow, which are not among those that fired. */
  onShadow(decisions: number): void;
  /** What the rules in force said of an event; its features can be asked for until this returns. */
  onDecided?(facts: EventFacts, rules: RuleIndex, decided: Decided, inForce: RuleSet): void;
}

/** Rules that are asked together: those at events' subjects, or those of a route. */
export interface RulesAtKey extends MemoryRules {
  readonly index: RuleIndex;
}

/** One event before the rules that look at it, all of which go by one key. */
export interface AtKey {
  readonly context: StepContext<EvaluationState, RuleSet>;
  readonly observer: DecisionObserver;
  readonly rules: RulesAtKey;
  /** By which the rules keep what they remember. */
  readonly key: string;
  readonly record: KafkaRecord;
  readonly facts: EventFacts;
  /** Asked instead of the compiled rules. */
  readonly evaluator?: Evaluator | undefined;
}

/** Firings outlive an erasure, so the key itself stands nowhere in them: it may be a person's, who wants to be forgotten. */
export const firingsKey = (key: string): string => `fired ${subjectHash(key)}`;

/** The state keys that deciding on an event of this type may read or write. */
export function decidingKeys(rules: RulesAtKey, eventType: string, key: string): readonly string[] {
  const keys = rememberingKeys(rules, eventType, key);
  return rules.index.suppresses(eventType) ? [...keys, firingsKey(key)] : keys;
}

/** Lets facts with a memory see the event, asks the rules, and emits what they decide. */
export function decideAtKey({ context, observer, rules, key, record, facts: given, evaluator }: AtKey): void {
  const { event } = given;
  const { index } = rules;
  const isSeen = rules.memories.lookingAt(event.type).length > 0;
  const memory = isSeen ? remember({ context, observer, rules, key }, event, given) : undefined;
  if (index.interested(event.type) === 0) return;
  const facts = memory === undefined ? given : { ...given, memory };
  const decidedAt = new Date(context.wallMs).toISOString();
  const acceptedAt = record.headers[EVENT_HEADERS.acceptedAt]?.toString() ?? event.receivedat;
  const decided = decide(index, facts, { acceptedAt, decidedAt }, undefined, evaluator);
  emitDecided({ context, observer, rules, key }, decided, Date.parse(event.receivedat));
  observer.onDecided?.(facts, index, decided, context.definitions);
}

/** Leaves out what may not fire, suppresses, counts and emits. @param atMs - when it was decided, by receipt */
export function emitDecided(
  { context, observer, rules: { index }, key }: Pick<AtKey, 'context' | 'observer' | 'rules' | 'key'>,
  decided: Decided,
  atMs: number,
): void {
  const may = index.within(decided.decisions, key, atMs);
  const awake = context.definitions.snoozed.awake(may, key, atMs);
  const decisions = withoutSuppressed(awake, atMs, key, index, context);
  for (const decision of decisions) emitDecision(key === decision.subject ? decision : { ...decision, key }, context);
  const shadows = decisions.filter(({ shadow }) => shadow === true).length;
  observer.onEvaluated(decided.evaluated, decisions.length - shadows);
  if (shadows > 0) observer.onShadow(shadows);
  observer.onSuppressed(may.length - decisions.length);
  for (const rule of decided.undecided) observer.onUndecided(rule);
}

/** The decision, and what it does inside of Hermes: all of it happens with the step, or nothing does. */
function emitDecision(decision: Decision, context: AtKey['context']): void {
  const { project, partitions, wallMs } = context;
  context.emit({
    ...decisionMessage(decision),
    topic: decisionsTopic(project),
    partition: partitionOf(decision.subject, partitions),
  });
  if (decision.actions === undefined || decision.held === true) return;
  for (const event of actionEvents(decision, new Date(wallMs).toISOString())) context.emit(inboxRecord(event));
}

/** The decisions of rules that have not fired for the key within their period. */
function withoutSuppressed(
  decisions: readonly Decision[],
  receivedAtMs: number,
  key: string,
  index: RuleIndex,
  context: AtKey['context'],
): readonly Decision[] {
  if (!decisions.some((decision) => index.suppressionOf(decision) !== undefined)) return decisions;
  const stateKey = firingsKey(key);
  const firings = (context.get(stateKey) as Firings | undefined) ?? new Firings();
  const made = decisions.flatMap((decision): Decision[] => {
    const suppressing = index.suppressionOf(decision);
    if (suppressing === undefined) return [decision];
    const firing = firings.fire(suppressing.name, suppressing.periodMs, receivedAtMs);
    if (firing.kind === 'suppressed') return [];
    return [firing.suppressed === 0 ? decision : { ...decision, suppressed: firing.suppressed }];
  });
  context.set(stateKey, firings, { ttlMs: firings.prune(receivedAtMs) });
  return made;
}
