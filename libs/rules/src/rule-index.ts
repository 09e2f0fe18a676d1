import type { TraceEntry } from '@hermes/contracts/decision';
import { type Rule, suppressionSeconds } from '@hermes/contracts/rule';
import { explain } from './explain.ts';
import type { Facts } from './fact-reads.ts';
import { type FiringLimit, firingLimitOf } from './firing-limits.ts';
import { Likelihood } from './likelihood.ts';
import { asking, Program } from './program.ts';
import { StepsAtOnce } from './steps-at-once.ts';
import { FALSE, type Verdict } from './verdict.ts';

/** json-rules-engine's default. */
export const DEFAULT_PRIORITY = 1;

/** So many rules are asked as soon as their first steps are taken all at once. */
const ASKED_RULES = 100;

/** The rules that look at one type of events: highest priority first, then by id. */
interface RulesOfType {
  readonly rules: readonly Rule[];
  /** Where their steps begin in the program. */
  readonly entries: Int32Array;
  readonly stepsAtOnce: StepsAtOnce | undefined;
}

/** The order in which rules fire. */
export function byPriorityThenId(a: Rule, b: Rule): number {
  const difference = (b.priority ?? DEFAULT_PRIORITY) - (a.priority ?? DEFAULT_PRIORITY);
  return difference !== 0 ? difference : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function add(types: Map<string, Rule[]>, type: string, rule: Rule): void {
  const those = types.get(type);
  if (those === undefined) types.set(type, [rule]);
  else those.push(rule);
}

/** A version of a rule: of one rule there may be two, that in force and a candidate in its shadow. */
interface OfVersion {
  readonly ruleId: string;
  readonly ruleVersion: number;
}
const nameOfVersion = ({ ruleId, ruleVersion }: OfVersion): string => `${ruleId} ${ruleVersion}`;

/** Once a rule has fired for a key, it does not for so long. */
export interface Suppressing {
  /** Under which its firings are kept. */
  readonly name: string;
  readonly periodMs: number;
}

/**
 * Versions in force follow one another under one name: what people were told of is not told again by the next. What is done in the shadow suppresses nothing
 * that is done in the light, nor what another candidate does. No rule's id has a "~" or a "@".
 */
function firingsName({ id, version, shadow, candidate }: Rule): string {
  if (candidate === true) return `${id}@${version}`;
  return shadow === true ? `~${id}` : id;
}

export interface RuleIndexOptions {
  /** Of a type with more rules than these, the first steps of all are taken at once; of others each is asked by itself. */
  readonly askedRules?: number;
}

/**
 * A project's rules, ready to evaluate; made once per published set. Its rules do not change, but it looks at one event at a time.
 */
export class RuleIndex {
  readonly size: number;
  private readonly program: Program;
  private readonly byType = new Map<string, RulesOfType>();
  private readonly entryOf = new Map<Rule, number>();
  private readonly suppressions = new Map<string, Suppressing>();
  private readonly suppressedTypes = new Set<string>();
  private readonly limits = new Map<string, FiringLimit>();

  /** Compiles rules that `checkRule` has passed. @throws Error for any other: a defect of who published them */
  constructor(rules: readonly Rule[], { askedRules = ASKED_RULES }: RuleIndexOptions = {}) {
    this.size = rules.length;
    const conditions = rules.map((rule) => rule.conditions);
    const likelihood = new Likelihood(conditions);
    const program = (this.program = new Program(conditions, likelihood));
    const types = new Map<string, Rule[]>();
    for (const rule of rules.toSorted(byPriorityThenId)) {
      const version = nameOfVersion({ ruleId: rule.id, ruleVersion: rule.version });
      const limit = firingLimitOf(rule.id, rule);
      if (limit !== undefined) this.limits.set(version, limit);
      if (rule.suppression !== undefined) {
        const periodMs = suppressionSeconds(rule.suppression) * 1_000;
        this.suppressions.set(version, { name: firingsName(rule), periodMs });
        for (const type of rule.eventTypes) this.suppressedTypes.add(type);
      }
      for (const type of new Set(rule.eventTypes)) add(types, type, rule);
    }
    const { entryOf } = this;
    for (const those of types.values()) {
      // The steps of a type's rules lie together in memory.
      for (const rule of those) if (!entryOf.has(rule)) entryOf.set(rule, program.add(rule.conditions));
    }
    for (const [type, those] of types) {
      const entries = Int32Array.from(those, (rule) => entryOf.get(rule)!);
      const stepsAtOnce = those.length > askedRules ? new StepsAtOnce(program, entries) : undefined;
      this.byType.set(type, { rules: those, entries, stepsAtOnce });
    }
  }

  /** How many rules look at events of this type. */
  interested(eventType: string): number {
    return this.rulesOf(eventType).length;
  }

  /** Whether a rule that looks at events of this type does not fire on each. */
  suppresses(eventType: string): boolean {
    return this.suppressedTypes.has(eventType);
  }

  /** What keeps the version of a rule from firing again for a key; undefined: it fires on each event. */
  suppressionOf(version: OfVersion): Suppressing | undefined {
    return this.suppressions.size === 0 ? undefined : this.suppressions.get(nameOfVersion(version));
  }

  /** Those of the decisions on an event received then that their rules may make for the key. */
  within<D extends OfVersion>(decisions: readonly D[], key: string, atMs: number): readonly D[] {
    const { limits } = this;
    if (limits.size === 0) return decisions;
    return decisions.filter((decision) => limits.get(nameOfVersion(decision))?.(key, atMs) ?? true);
  }

  /** The rules that look at events of this type, in their order. */
  rulesOf(eventType: string): readonly Rule[] {
    return this.byType.get(eventType)?.rules ?? [];
  }

  /** Tells of each rule that is not false of the facts, in the rules' order. */
  evaluate(eventType: string, facts: Facts, tell: (rule: Rule, verdict: Verdict) => void): void {
    const ofType = this.byType.get(eventType);
    if (ofType === undefined) return;
    const { program } = this;
    program.look(facts);
    const { rules, entries, stepsAtOnce } = ofType;
    if (stepsAtOnce !== undefined)
      return stepsAtOnce.evaluate(
        (at, verdict) => tell(rules[at]!, verdict),
        (at) => program.withUndecidable(rules[at]!.conditions),
      );
    for (let at = 0; at < entries.length; at++) {
      const verdict = program.walk(entries[at]!) ?? program.withUndecidable(rules[at]!.conditions);
      if (verdict !== FALSE) tell(rules[at]!, verdict);
    }
  }

  /** As `evaluate`, of these rules alone, whatever types of events they look at. */
  evaluateOnly(rules: readonly Rule[], facts: Facts, tell: (rule: Rule, verdict: Verdict) => void): void {
    const { program } = this;
    program.look(facts);
    for (const rule of rules.toSorted(byPriorityThenId)) {
      const verdict = program.walk(this.entryOf.get(rule)!) ?? program.withUndecidable(rule.conditions);
      if (verdict !== FALSE) tell(rule, verdict);
    }
  }

  /** Why a rule says what it says of the facts that `evaluate` was last asked about. */
  explain(rule: Rule): TraceEntry[] {
    const trace: TraceEntry[] = [];
    explain(rule.conditions, '/conditions', this.program.reads, trace, asking);
    return trace;
  }
}

export const EMPTY_RULE_INDEX = new RuleIndex([]);
