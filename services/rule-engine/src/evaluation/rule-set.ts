import { Feature } from '@hermes/contracts/feature';
import { Rule } from '@hermes/contracts/rule';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import { buildFeatureSet, type FeatureSet } from '@hermes/profiles/features/feature-set';
import { featuresCounted } from '@hermes/rules/features-named';
import { RuleIndex } from '@hermes/rules/rule-index';
import { z } from 'zod';

/** Member id of what the set says besides rules and features; its version is the number of groups, which only grows. No rule's id begins so. */
export const RULE_SET_STATUS_ID = '~status';

const RuleSetStatus = z.object({
  /** Groups in which a feature was ever counted for rules. */
  groups: z.array(z.string()),
});
export type RuleSetStatus = z.infer<typeof RuleSetStatus>;

/** Member id of a feature that is counted for rules. */
export const countedFeatureId = (slot: number): string => `~feature-${slot}`;
const isCountedFeature = (id: string): boolean => id.startsWith('~feature-');

const NO_STATUS: RuleSetStatus = { groups: [] };

/** The features that rules ask for, as one definition set has them. */
class NamedFeatures {
  readonly set: FeatureSet;
  private readonly byName: ReadonlyMap<string, CompiledFeature>;

  constructor(number: number, features: readonly Feature[], { groups }: RuleSetStatus) {
    this.set = buildFeatureSet(number, features, { live: {}, subscribed: [], groups });
    this.byName = new Map(
      [...this.set.bySlot.values()].map((one) => [NamedFeatures.name(one.feature.id, one.feature.version), one]),
    );
  }

  of(id: string, version: number): CompiledFeature | undefined {
    return this.byName.get(NamedFeatures.name(id, version));
  }

  private static name(id: string, version: number): string {
    return `${id} ${version}`;
  }
}

const NO_GROUPS: readonly string[] = [];

/** A project's rules in force and the features that are counted for them. It looks at one event at a time. */
export class RuleSet {
  readonly index: RuleIndex;
  private readonly named: NamedFeatures;
  private readonly groupsByType = new Map<string, readonly string[]>();

  /** @throws Error for rules and features that were never checked: a defect of who published them */
  constructor(number: number, rules: readonly Rule[], features: readonly Feature[], status = NO_STATUS) {
    this.index = new RuleIndex(rules);
    this.named = new NamedFeatures(number, features, status);
  }

  get features(): FeatureSet {
    return this.named.set;
  }

  /** The feature as rules name it; undefined when none is counted. */
  featureOf(id: string, version: number): CompiledFeature | undefined {
    return this.named.of(id, version);
  }

  /** Whether events of this type are of no interest, neither to rules nor to their features. */
  ignores(eventType: string): boolean {
    return this.index.interested(eventType) === 0 && this.features.ofSubject(eventType).length === 0;
  }

  /** The groups in which an event of this type counts, or rules that look at it ask for features. */
  groupsOf(eventType: string): readonly string[] {
    const known = this.groupsByType.get(eventType);
    if (known !== undefined) return known;
    // Kept for types that somebody looks at only: others come in any number.
    if (this.ignores(eventType)) return NO_GROUPS;
    const groups = this.groupsAskedBy(eventType);
    this.groupsByType.set(eventType, groups);
    return groups;
  }

  private groupsAskedBy(eventType: string): readonly string[] {
    const groups = new Set(this.features.ofSubject(eventType).map(({ group }) => group));
    for (const rule of this.index.rulesOf(eventType)) {
      for (const { id, version = 0 } of featuresCounted(rule.conditions)) {
        const feature = this.featureOf(id, version);
        if (feature !== undefined) groups.add(feature.group);
      }
    }
    return [...groups];
  }
}

export const EMPTY_RULE_SET = new RuleSet(0, [], []);

/** A set as it came over the topic, compiled. @throws Error when a member is neither rule nor feature: then the set before stays in force */
export function ruleSetOf(
  number: number,
  members: readonly { readonly id: string; readonly value: Buffer }[],
): RuleSet {
  const rules: Rule[] = [];
  const features: Feature[] = [];
  let status = NO_STATUS;
  for (const { id, value } of members) {
    const json: unknown = JSON.parse(value.toString());
    if (id === RULE_SET_STATUS_ID) status = RuleSetStatus.parse(json);
    else if (isCountedFeature(id)) features.push(Feature.parse(json));
    else rules.push(Rule.parse(json));
  }
  return new RuleSet(number, rules, features, status);
}
