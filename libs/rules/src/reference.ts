import type { Condition } from '@hermes/contracts/rule';
import { Engine, type TopLevelCondition } from 'json-rules-engine';
import { isChangeOperator } from './change-operators.ts';
import { withComparisons } from './each-comparison.ts';
import { isElementOperator } from './element-operators.ts';
import { referenceIn } from './expected-value.ts';
import type { Facts } from './fact-reads.ts';
import { isFactReference } from './fact-reference.ts';
import { FEATURE_FACT, featureIn, type FeatureLookup, featureRefOf } from './feature-fact.ts';
import { isListOperator } from './list-operators.ts';
import { keyReader, LOOKUP_FACT, type Lookups, type LookupRef } from './lookup-fact.ts';
import { memoriesNamed } from './memory/memories-named.ts';
import { operatorOf, OWN_OPERATORS } from './operators.ts';
import { PERSON_FACT, type PersonLookup, personName, personRefOf } from './person-fact.ts';
import { FALSE, TRUE, UNDECIDABLE, type Verdict } from './verdict.ts';

const askable = new WeakMap<Condition, boolean>();

/**
 * Whether json-rules-engine can be asked about a condition that `checkRule` has passed: it has nothing like facts with a memory, named lists, what was before,
 * conditions on a list's elements, and references within a value. Looked for once in a condition.
 */
export function isForReference(condition: Condition): boolean {
  let is = askable.get(condition);
  if (is === undefined)
    askable.set(condition, (is = memoriesNamed(condition).length === 0 && hasOnlyItsOwn(condition)));
  return is;
}

function hasOnlyItsOwn(condition: Condition): boolean {
  let others = 0;
  withComparisons(condition, (leaf) => {
    const { operator, value } = leaf;
    const refersWithin = referenceIn(leaf) !== undefined && !isFactReference(value);
    if (refersWithin || isElementOperator(operator) || isListOperator(operator) || isChangeOperator(operator))
      others += 1;
    return leaf;
  });
  return others === 0;
}

/** Making one takes several times as long as asking it. */
const engines = new WeakMap<Condition, Engine>();

/** What json-rules-engine itself says of a condition that `checkRule` has passed; undecidable where it throws. It is lent the operators that it has not. */
export async function referenceVerdict(condition: Condition, facts: Facts): Promise<Verdict> {
  let engine = engines.get(condition);
  if (engine === undefined) engines.set(condition, (engine = engineOf(condition)));
  const feature = facts[FEATURE_FACT] as FeatureLookup | undefined;
  // To it a fact with parameters is a function of them.
  const valueOf = (params: Record<string, unknown>): unknown =>
    feature && featureIn(feature, featureRefOf({ fact: FEATURE_FACT, params })!)?.value;
  const lookup = facts[LOOKUP_FACT] as Lookups | undefined;
  const lookedUp = (params: Record<string, unknown>): unknown => {
    const ref = params as unknown as LookupRef;
    const key = keyReader(ref)(facts['event']);
    return key === undefined ? undefined : lookup?.(ref.id, key)?.value;
  };
  const person = facts[PERSON_FACT] as PersonLookup | undefined;
  const told = (params: Record<string, unknown>): unknown =>
    person?.(personName(personRefOf({ fact: PERSON_FACT, params })!))?.value;
  try {
    const lent = { [FEATURE_FACT]: valueOf, [LOOKUP_FACT]: lookedUp, [PERSON_FACT]: told };
    const { events } = await engine.run({ ...facts, ...lent });
    return events.length > 0 ? TRUE : FALSE;
  } catch {
    return UNDECIDABLE;
  }
}

function engineOf(condition: Condition): Engine {
  const engine = new Engine([], { allowUndefinedFacts: true });
  for (const name of OWN_OPERATORS) engine.addOperator(name, lent(name));
  engine.addRule({
    conditions: withoutRefs(structuredClone(condition)) as TopLevelCondition,
    event: { type: 'fired' },
  });
  return engine;
}

/** To it a condition with a name of another is that other. */
function withoutRefs(condition: Condition): Condition {
  if ('fact' in condition) return condition;
  const { condition: _, ...group } = condition;
  if ('not' in group) return { ...group, not: withoutRefs(group.not) };
  return 'all' in group ? { ...group, all: group.all.map(withoutRefs) } : { ...group, any: group.any.map(withoutRefs) };
}

function lent(name: string): (actual: unknown, expected: unknown) => boolean {
  const operator = operatorOf(name)!;
  return (actual, expected) => {
    const verdict = operator(actual, expected);
    if (verdict === UNDECIDABLE) throw new Error(`"${name}" cannot be decided`);
    return verdict === TRUE;
  };
}

/**
 * Whether it must not be said where the reference says the other. It throws at the first condition that it cannot decide; here such a condition
 * hides no answer, so whatever is said there is right.
 */
export const contradicts = (said: Verdict, reference: Verdict): boolean =>
  reference !== UNDECIDABLE && said !== reference;
