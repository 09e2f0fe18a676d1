import type { TraceEntry } from '@hermes/contracts/decision';
import type { Rule } from '@hermes/contracts/rule';
import { compileTests } from './compile-tests.ts';
import { explain } from './explain.ts';
import { type Facts, FactReads } from './fact-reads.ts';
import type { Test } from './leaf-test.ts';
import { Narrowing } from './narrowing.ts';
import { FALSE, type Verdict } from './verdict.ts';

/** json-rules-engine's default. */
export const DEFAULT_PRIORITY = 1;

/** So few rules are asked sooner than found. */
const FEW_RULES = 8;

/** The rules that look at one type of events: highest priority first, then by id. */
interface RulesOfType {
  readonly rules: readonly Rule[];
  readonly tests: readonly Test[];
  readonly narrowing: Narrowing | undefined;
}

function byPriorityThenId(a: Rule, b: Rule): number {
  const difference = (b.priority ?? DEFAULT_PRIORITY) - (a.priority ?? DEFAULT_PRIORITY);
  return difference !== 0 ? difference : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function add(types: Map<string, Rule[]>, type: string, rule: Rule): void {
  const those = types.get(type);
  if (those === undefined) types.set(type, [rule]);
  else those.push(rule);
}

export interface RuleIndexOptions {
  /** false: each rule is asked of each event of its types, whatever the event holds. */
  readonly narrows?: boolean;
}

/**
 * A project's rules, ready to evaluate; made once per published set. Its rules do not change, but it looks at one event at a time.
 */
export class RuleIndex {
  readonly size: number;
  private readonly reads = new FactReads();
  private readonly byType = new Map<string, RulesOfType>();

  /** Compiles rules that `checkRule` has passed. @throws Error for any other: a defect of who published them */
  constructor(rules: readonly Rule[], { narrows = true }: RuleIndexOptions = {}) {
    this.size = rules.length;
    const tests = compileTests(
      rules.map(({ conditions }) => conditions),
      this.reads,
    );
    const testOf = new Map(rules.map((rule, at) => [rule, tests[at]!]));
    const types = new Map<string, Rule[]>();
    for (const rule of rules.toSorted(byPriorityThenId)) {
      for (const type of new Set(rule.eventTypes)) add(types, type, rule);
    }
    for (const [type, those] of types) {
      this.byType.set(type, {
        rules: those,
        tests: those.map((rule) => testOf.get(rule)!),
        narrowing:
          narrows && those.length > FEW_RULES
            ? new Narrowing(
                those.map(({ conditions }) => conditions),
                this.reads,
              )
            : undefined,
      });
    }
  }

  /** How many rules look at events of this type. */
  interested(eventType: string): number {
    return this.byType.get(eventType)?.rules.length ?? 0;
  }

  /** Tells of each rule that is not false of the facts, in the rules' order. */
  evaluate(eventType: string, facts: Facts, tell: (rule: Rule, verdict: Verdict) => void): void {
    const ofType = this.byType.get(eventType);
    if (ofType === undefined) return;
    this.reads.look(facts);
    const { rules, tests, narrowing } = ofType;
    const ask = (at: number): void => {
      const verdict = tests[at]!();
      if (verdict !== FALSE) tell(rules[at]!, verdict);
    };
    if (narrowing !== undefined) return narrowing.each(ask);
    for (let at = 0; at < tests.length; at++) ask(at);
  }

  /** Why a rule says what it says of the facts that `evaluate` was last asked about. */
  explain(rule: Rule): TraceEntry[] {
    const trace: TraceEntry[] = [];
    explain(rule.conditions, '/conditions', this.reads, trace);
    return trace;
  }
}

export const EMPTY_RULE_INDEX = new RuleIndex([]);
