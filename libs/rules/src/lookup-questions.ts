import type { HermesEvent } from '@hermes/contracts/event';
import type { LeafCondition, Rule } from '@hermes/contracts/rule';
import { isChangeOperator } from './change-operators.ts';
import { compileCondition } from './condition.ts';
import { withComparisons } from './each-comparison.ts';
import { referenceIn } from './expected-value.ts';
import { isListOperator } from './list-operators.ts';
import { keyReader } from './lookup-fact.ts';
import { lookupsNamed } from './lookups-named.ts';
import { FALSE, type Verdict } from './verdict.ts';

/** One thing that is to be looked up. */
export interface LookupQuestion {
  readonly id: string;
  readonly key: string;
}

/** A comparison that cannot be decided: nothing is in a number. */
const UNKNOWN: LeafCondition = { fact: 'event', operator: 'in', value: 0 };

const isOfEvent = (fact: string): boolean => fact === 'event' || fact === 'element';

function knownOrNot(leaf: LeafCondition): LeafCondition {
  const reference = referenceIn(leaf);
  const asksBesides = isListOperator(leaf.operator) || isChangeOperator(leaf.operator);
  const isKnown = !asksBesides && isOfEvent(leaf.fact) && (reference === undefined || isOfEvent(reference.fact));
  return isKnown ? leaf : UNKNOWN;
}

/** A rule that looks something up, as far as the event alone can tell. */
interface Asking {
  readonly verdictOf: (event: HermesEvent) => Verdict;
  readonly questions: readonly { readonly id: string; readonly keyOf: (event: unknown) => string | undefined }[];
}

function askingOf({ conditions, actions }: Pick<Rule, 'conditions' | 'actions'>): Asking | undefined {
  const refs = lookupsNamed({ conditions, actions });
  if (refs.length === 0) return undefined;
  const compiled = compileCondition(withComparisons(conditions, knownOrNot));
  return {
    verdictOf: (event) => compiled.test({ event }),
    questions: refs.map((ref) => ({ id: ref.id, keyOf: keyReader(ref) })),
  };
}

const NOTHING: readonly LookupQuestion[] = [];

/**
 * What has to be looked up for an event before rules are asked: what those name that may still fire, by the event alone. So a lookup costs only where the
 * other conditions on the event hold.
 */
export class LookupQuestions {
  private readonly byType = new Map<string, Asking[]>();

  constructor(rules: readonly Pick<Rule, 'conditions' | 'actions' | 'eventTypes'>[]) {
    for (const rule of rules) {
      const asking = askingOf(rule);
      if (asking === undefined) continue;
      for (const type of new Set(rule.eventTypes)) {
        const those = this.byType.get(type);
        if (those === undefined) this.byType.set(type, [asking]);
        else those.push(asking);
      }
    }
  }

  /** Whether rules look anything up for events of this type. */
  askOf(eventType: string): boolean {
    return this.byType.has(eventType);
  }

  /** Each once. */
  of(event: HermesEvent): readonly LookupQuestion[] {
    const asking = this.byType.get(event.type);
    if (asking === undefined) return NOTHING;
    const found = new Map<string, LookupQuestion>();
    for (const { verdictOf, questions } of asking) {
      if (verdictOf(event) === FALSE) continue;
      for (const { id, keyOf } of questions) {
        const key = keyOf(event);
        if (key !== undefined) found.set(`${id} ${key}`, { id, key });
      }
    }
    return [...found.values()];
  }
}
