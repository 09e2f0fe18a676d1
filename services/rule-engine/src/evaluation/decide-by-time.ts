import { decide } from '@hermes/rules/decide';
import type { ListLookup } from '@hermes/rules/list-operators';
import type { Lookups } from '@hermes/rules/lookup-fact';
import { eventOf } from '@hermes/rules/memory/kept-event';
import type { MemoryLookup } from '@hermes/rules/memory/memory-fact';
import type { StepContext, StepView, Timer } from '@hermes/stream-runtime/logic';
import { personsNamed } from '@hermes/rules/persons-named';
import { groupKey } from '@hermes/feature-counting/state-of-subject';
import { type DecisionObserver, emitDecided, firingsKey, type RulesAtKey } from './decide-at-key.ts';
import type { EvaluationState } from './evaluation-state.ts';
import { featuresOf } from './feature-values.ts';
import { lookedUp } from './looked-up.ts';
import { personKeys, personOf } from '../persons/person-values.ts';
import { memoryIndexKey, memoryKey, memoryOfTimer, remind } from './remember.ts';
import type { RuleSet } from './rule-set.ts';

/** The state keys that a timer's decision may read or write. */
export function decidingKeysOfTimer(timer: Timer, { definitions }: StepView<RuleSet>): readonly string[] {
  const { scope, id, key } = memoryOfTimer(timer);
  const keys = [memoryKey(scope, id, key), memoryIndexKey(key)];
  const asking = definitions.rulesAt(scope)?.memories.rulesAsking(id) ?? [];
  for (const group of definitions.groupsNamedBy(asking)) keys.push(groupKey(key, group));
  if (asking.some(({ conditions }) => personsNamed(conditions).length > 0)) keys.push(...personKeys(key));
  if (asking.some(({ suppression }) => suppression !== undefined)) keys.push(firingsKey(key));
  return keys;
}

/**
 * Asks the rules that wait for a fact with a memory, once time has decided it, about the events that waited, and emits what they decide. Features are those
 * of the key, as of the instant that was waited for; nothing can be looked up then.
 */
export function decideByTime(
  timer: Timer,
  context: StepContext<EvaluationState, RuleSet>,
  observer: DecisionObserver,
  list?: ListLookup,
): void {
  const { scope, id, key } = memoryOfTimer(timer);
  const { definitions } = context;
  const rules: RulesAtKey | undefined = definitions.rulesAt(scope);
  const decided = remind({ context, observer, rules, key }, timer);
  if (rules === undefined) return;
  const decidedAt = new Date(context.wallMs).toISOString();
  const dueAt = new Date(timer.dueMs).toISOString();
  const person = personOf(definitions, context, key);
  const lookup: Lookups = lookedUp(definitions, context);
  for (const { event: waited, value } of decided) {
    const event = eventOf(waited, context.project);
    const memory: MemoryLookup = (other) => (other === id ? value : undefined);
    const facts = { event, feature: featuresOf(definitions, context, key, timer.dueMs), lookup, person, memory, list };
    const instants = { acceptedAt: dueAt, decidedAt, decidedByTime: { dueAt, memory: id } };
    const said = decide(rules.index, facts, instants, rules.memories.rulesAsking(id));
    emitDecided({ context, observer, rules, key }, said, timer.dueMs);
  }
}
