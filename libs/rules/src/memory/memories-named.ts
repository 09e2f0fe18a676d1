import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { CHECKS } from '@hermes/itinerary/catalogue';
import { withComparisons } from '../each-comparison.ts';
import { referenceIn } from '../expected-value.ts';
import { type FactReference, isFactReference } from '../fact-reference.ts';
import { operatorOf } from '../operators.ts';
import { TRUE } from '../verdict.ts';
import { isMemoryFact, type MemoryFact, memoryNamedBy } from './memory-fact.ts';
import { eachPattern, type MemoryDefinition, withMemoryConditions } from './memory-definition.ts';

const named = new WeakMap<Condition, readonly MemoryDefinition[]>();

/** The facts with a memory that a checked condition asks for, each once; looked for once in a condition. */
export function memoriesNamed(condition: Condition): readonly MemoryDefinition[] {
  let those = named.get(condition);
  if (those === undefined) named.set(condition, (those = namedIn(condition)));
  return those;
}

function namedIn(condition: Condition): readonly MemoryDefinition[] {
  const found = new Map<string, MemoryDefinition>();
  withComparisons(condition, (leaf) => {
    for (const place of [leaf, referenceIn(leaf)]) {
      const definition = place && memoryNamedBy(place);
      if (definition !== undefined) found.set(definition.id, definition);
    }
    return leaf;
  });
  return [...found.values()];
}

/** The condition with the params of its facts with a memory changed. */
export const withMemories = (
  condition: Condition,
  change: (fact: MemoryFact, params: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): Condition =>
  withComparisons(condition, (leaf) => {
    const changed = <Place extends FactReference>(place: Place): Place =>
      isMemoryFact(place.fact) ? { ...place, params: change(place.fact, place.params ?? {}) } : place;
    const reference = referenceIn(leaf);
    if (reference === undefined || !isMemoryFact(reference.fact)) return changed(leaf);
    const other = changed(reference);
    const value = isFactReference(leaf.value) ? other : { ...(leaf.value as object), of: other };
    return { ...changed(leaf), value };
  });

/** The condition with those on events in its facts with a memory changed; `change` is told of which type the events are. */
export const withPatternConditions = (
  condition: Condition,
  change: (that: Condition, type: string) => Condition,
): Condition => withMemories(condition, (fact, params) => withMemoryConditions(fact, params, change));

const within = new WeakMap<Condition, readonly Condition[]>();

/** The conditions on events in its facts with a memory; looked for once in a condition. */
export function patternConditions(condition: Condition): readonly Condition[] {
  let those = within.get(condition);
  if (those === undefined) within.set(condition, (those = patternsWithin(condition)));
  return those;
}

function patternsWithin(condition: Condition): readonly Condition[] {
  const found: Condition[] = [];
  withMemories(condition, (fact, params) => {
    for (const { pattern } of eachPattern(fact, params))
      if (pattern.that !== undefined) found.push(pattern.that as Condition);
    return params;
  });
  return found;
}

/** Whether time decides when the fact holds, and not an event. */
export const isDecidedByTime = (definition: MemoryDefinition): boolean =>
  definition.kind === 'absence' || (definition.kind === 'itinerary' && CHECKS[definition.check].waits);

/** Whether a comparison is not true where its fact does not hold. */
function asksToHold(leaf: LeafCondition): boolean {
  const definition = memoryNamedBy(leaf);
  if (definition === undefined || !isDecidedByTime(definition) || referenceIn(leaf) !== undefined) return false;
  const without = leaf.path === undefined || leaf.path === '' ? false : undefined;
  return operatorOf(leaf.operator)?.(without, leaf.value) !== TRUE;
}

/** Whether a condition can be true only where a fact that time decides holds: then no event fires it by itself. */
export function needsTime(condition: Condition): boolean {
  if ('all' in condition) return condition.all.some(needsTime);
  if ('any' in condition) return condition.any.length > 0 && condition.any.every(needsTime);
  return 'not' in condition ? false : asksToHold(condition);
}
