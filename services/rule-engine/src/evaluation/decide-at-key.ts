import { EVENT_HEADERS } from '@hermes/contracts/event';
import type { Decision } from '@hermes/contracts/decision';
import type { Rule } from '@hermes/contracts/rule';
import { subjectHash } from '@hermes/contracts/subject-hash';
import { decisionsTopic } from '@hermes/contracts/topics';
import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { type Decided, decide, type EventFacts, type UndecidedRule } from '@hermes/rules/decide';
import type { FeatureLookup } from '@hermes/rules/feature-fact';
import { eventOf } from '@hermes/rules/memory/kept-event';
import type { MemoryLookup } from '@hermes/rules/memory/memory-fact';
import type { RuleIndex } from '@hermes/rules/rule-index';
import { Firings } from '@hermes/rules/suppression';
import type { StepContext, Timer } from '@hermes/stream-runtime/logic';
import type { EvaluationState } from './evaluation-state.ts';
import {
  memoryIndexKey,
  memoryKey,
  type MemoryObserver,
  memoryOfTimer,
  remember,
  rememberingKeys,
  remind,
} from './remember.ts';
import type { RuleSet } from './rule-set.ts';

/** Headers of a record on `<project>.decisions`, so that a reader skips what it does not want without parsing. */
export const DECISION_HEADERS = {
  id: 'hermes_decision',
  ruleId: 'hermes_rule',
  alert: 'hermes_alert',
  severity: 'hermes_severity',
  /** Only on decisions that nothing is done about. */
  shadow: 'hermes_shadow',
} as const;

/** Told what evaluation met, for metrics; changes nothing. */
export interface DecisionObserver extends MemoryObserver {
  onEvaluated(rules: number, fired: number): void;
  onUndecided(rule: UndecidedRule): void;
  onSuppressed(decisions: number): void;
  /** Decisions of rules in the shadow, which are not among those that fired. */
  onShadow(decisions: number): void;
  /** What the rules in force said of an event; its features can be asked for until this returns. */
  onDecided?(facts: EventFacts, rules: RuleIndex, decided: Decided): void;
}

/** One event before the rules that look at it, all of which go by one key. */
export interface AtKey {
  readonly context: StepContext<EvaluationState, RuleSet>;
  readonly observer: DecisionObserver;
  /** By which the rules keep what they remember. */
  readonly key: string;
  readonly record: KafkaRecord;
  readonly facts: EventFacts;
}

/** Firings outlive an erasure, so the key itself stands nowhere in them: it may be a person's, who wants to be forgotten. */
const firingsKey = (key: string): string => `fired ${subjectHash(key)}`;

/** The state keys that deciding on an event of this type may read or write. */
export function decidingKeys(definitions: RuleSet, eventType: string, key: string): readonly string[] {
  const keys = rememberingKeys(definitions, eventType, key);
  return definitions.index.suppresses(eventType) ? [...keys, firingsKey(key)] : keys;
}

/** Lets facts with a memory see the event, asks the rules, and emits what they decide. */
export function decideAtKey({ context, observer, key, record, facts: given }: AtKey): void {
  const { event } = given;
  const { index } = context.definitions;
  const memory = remember(context, observer, key, event);
  if (index.interested(event.type) === 0) return;
  const facts = memory === undefined ? given : { ...given, memory };
  const decidedAt = new Date(context.wallMs).toISOString();
  const acceptedAt = record.headers[EVENT_HEADERS.acceptedAt]?.toString() ?? event.receivedat;
  const decided = decide(index, facts, { acceptedAt, decidedAt });
  emitDecided({ context, observer, key }, decided, Date.parse(event.receivedat));
  observer.onDecided?.(facts, index, decided);
}

/** The state keys that a timer's decision may read or write. `asksFeatures`: where those stand that rules ask for. */
export function decidingKeysOfTimer(
  { memories }: RuleSet,
  timer: Timer,
  asksFeatures: (rules: readonly Rule[], key: string) => readonly string[],
): readonly string[] {
  const { id, key } = memoryOfTimer(timer);
  const rules = memories.rulesAsking(id);
  const keys = [memoryKey(id, key), memoryIndexKey(key), ...asksFeatures(rules, key)];
  return rules.some(({ suppression }) => suppression !== undefined) ? [...keys, firingsKey(key)] : keys;
}

/** Asks the rules that wait for a fact with a memory, once time has decided it, about the events that waited; and emits what they decide. */
export function decideByTime(
  { context, observer }: Pick<AtKey, 'context' | 'observer'>,
  timer: Timer,
  featureAt: (key: string, atMs: number) => FeatureLookup,
): void {
  const { id, key } = memoryOfTimer(timer);
  const { index, memories } = context.definitions;
  const decidedAt = new Date(context.wallMs).toISOString();
  const dueAt = new Date(timer.dueMs).toISOString();
  for (const { event: waited, value } of remind(context, observer, timer)) {
    const event = eventOf(waited, context.project);
    const memory: MemoryLookup = (other) => (other === id ? value : undefined);
    const facts = { event, feature: featureAt(key, timer.dueMs), memory };
    const instants = { acceptedAt: dueAt, decidedAt, decidedByTime: { dueAt, memory: id } };
    const decided = decide(index, facts, instants, memories.rulesAsking(id));
    emitDecided({ context, observer, key }, decided, timer.dueMs);
  }
}

function emitDecided(
  { context, observer, key }: Pick<AtKey, 'context' | 'observer' | 'key'>,
  decided: Decided,
  atMs: number,
): void {
  const decisions = withoutSuppressed(decided.decisions, atMs, key, context);
  for (const decision of decisions) emitDecision(decision, context);
  const shadows = decisions.filter(({ shadow }) => shadow === true).length;
  observer.onEvaluated(decided.evaluated, decisions.length - shadows);
  if (shadows > 0) observer.onShadow(shadows);
  observer.onSuppressed(decided.decisions.length - decisions.length);
  for (const rule of decided.undecided) observer.onUndecided(rule);
}

function emitDecision(decision: Decision, context: AtKey['context']): void {
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

/** The decisions of rules that have not fired for the key within their period. */
function withoutSuppressed(
  decisions: readonly Decision[],
  receivedAtMs: number,
  key: string,
  context: AtKey['context'],
): readonly Decision[] {
  const { index } = context.definitions;
  if (!decisions.some(({ ruleId }) => index.suppressionMsOf(ruleId) !== undefined)) return decisions;
  const stateKey = firingsKey(key);
  const firings = (context.get(stateKey) as Firings | undefined) ?? new Firings();
  const made = decisions.flatMap((decision): Decision[] => {
    const periodMs = index.suppressionMsOf(decision.ruleId);
    if (periodMs === undefined) return [decision];
    // What a rule does in the shadow suppresses nothing that it does in the light.
    const name = decision.shadow === true ? `~${decision.ruleId}` : decision.ruleId;
    const firing = firings.fire(name, periodMs, receivedAtMs);
    if (firing.kind === 'suppressed') return [];
    return [firing.suppressed === 0 ? decision : { ...decision, suppressed: firing.suppressed }];
  });
  context.set(stateKey, firings, { ttlMs: firings.prune(receivedAtMs) });
  return made;
}
