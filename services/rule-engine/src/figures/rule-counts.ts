import type { Decided, EventFacts, UndecidedRule } from '@hermes/rules/decide';
import type { RuleIndex } from '@hermes/rules/rule-index';

/** How often a version of a rule was asked. */
export interface RuleCount {
  readonly project: string;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly evaluated: number;
  readonly undecided: number;
}

/**
 * Counts on how many events each version of a rule was asked. Evaluation pays one look at a table for each event: all rules that look at its type were
 * asked, and which these are is found out when the counts are taken.
 */
export class RuleCounts {
  private asked = new Map<RuleIndex, Map<string, number>>();
  private undecided = new Map<RuleIndex, UndecidedRule[]>();

  /** Rules were asked of an event. */
  look({ event: { type } }: Pick<EventFacts, 'event'>, rules: RuleIndex, decided: Pick<Decided, 'undecided'>): void {
    let types = this.asked.get(rules);
    if (types === undefined) this.asked.set(rules, (types = new Map()));
    types.set(type, (types.get(type) ?? 0) + 1);
    if (decided.undecided.length === 0) return;
    const those = this.undecided.get(rules);
    if (those === undefined) this.undecided.set(rules, [...decided.undecided]);
    else those.push(...decided.undecided);
  }

  /** What was counted since they were taken last. */
  take(): readonly RuleCount[] {
    const { asked, undecided } = this;
    this.asked = new Map();
    this.undecided = new Map();
    const counts = new Map<string, { -readonly [field in keyof RuleCount]: RuleCount[field] }>();
    for (const [index, types] of asked) {
      const nameOf = (id: string, version: number): string => `${id} ${version}`;
      const open = new Map<string, number>();
      for (const { ruleId, ruleVersion } of undecided.get(index) ?? [])
        open.set(nameOf(ruleId, ruleVersion), (open.get(nameOf(ruleId, ruleVersion)) ?? 0) + 1);
      for (const [type, events] of types)
        for (const { project, id, version } of index.rulesOf(type)) {
          const name = `${project} ${nameOf(id, version)}`;
          const count = counts.get(name);
          if (count === undefined)
            counts.set(name, { project, ruleId: id, ruleVersion: version, evaluated: events, undecided: 0 });
          else count.evaluated += events;
          // Once for the index, whichever of its types comes first.
          const neither = open.get(nameOf(id, version));
          if (neither === undefined) continue;
          counts.get(name)!.undecided += neither;
          open.delete(nameOf(id, version));
        }
    }
    return [...counts.values()];
  }
}
