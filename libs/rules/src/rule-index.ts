import type { Rule } from '@hermes/contracts/rule';
import { compileCondition, type CompiledCondition } from './condition.ts';

export interface CompiledRule {
  readonly rule: Rule;
  readonly condition: CompiledCondition;
}

/** json-rules-engine's default. */
export const DEFAULT_PRIORITY = 1;

/** A project's rules, ready to evaluate; immutable, made once per published set. */
export interface RuleIndex {
  /** The rules that look at events of this type: highest priority first, then by id. */
  interestedIn(eventType: string): readonly CompiledRule[];
  readonly size: number;
}

const NONE: readonly CompiledRule[] = [];

function byPriorityThenId(a: Rule, b: Rule): number {
  const difference = (b.priority ?? DEFAULT_PRIORITY) - (a.priority ?? DEFAULT_PRIORITY);
  return difference !== 0 ? difference : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Compiles rules that `checkRule` has passed. Throws on any other: a defect of who published them. */
export function buildRuleIndex(rules: readonly Rule[]): RuleIndex {
  const byType = new Map<string, CompiledRule[]>();
  for (const rule of rules.toSorted(byPriorityThenId)) {
    const compiled: CompiledRule = { rule, condition: compileCondition(rule.conditions) };
    for (const type of new Set(rule.eventTypes)) {
      const list = byType.get(type);
      if (list === undefined) byType.set(type, [compiled]);
      else list.push(compiled);
    }
  }
  return { interestedIn: (eventType) => byType.get(eventType) ?? NONE, size: rules.length };
}

export const EMPTY_RULE_INDEX: RuleIndex = buildRuleIndex([]);
