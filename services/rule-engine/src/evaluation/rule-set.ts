import { Feature } from '@hermes/contracts/feature';
import type { HermesEvent } from '@hermes/contracts/event';
import { Lookup } from '@hermes/contracts/lookup';
import { Rule } from '@hermes/contracts/rule';
import { SnoozedRule } from '@hermes/contracts/snooze';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import { buildFeatureSet, type FeatureSet } from '@hermes/profiles/features/feature-set';
import { MemorySet } from '@hermes/rules/memory/memory-set';
import { LookupQuestions } from '@hermes/rules/lookup-questions';
import { featuresCounted } from '@hermes/rules/features-of-rule';
import { isSegmentName, personName } from '@hermes/rules/person-fact';
import { personsNamed } from '@hermes/rules/persons-named';
import { RuleIndex } from '@hermes/rules/rule-index';
import { z } from 'zod';
import type { RulesAtKey } from './decide-at-key.ts';
import { SNOOZED_PREFIX, SnoozedKeys } from './snoozed-keys.ts';
import { type RoutedEvent, routeName, RuleRoute } from './rule-route.ts';

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

/** Member id of what rules look up with. */
export const lookupMemberId = (id: string): string => `${LOOKUP_PREFIX}${id}`;
const LOOKUP_PREFIX = '~lookup-';

/** Member id of a candidate, which runs in the shadow of the version in force of its rule. */
export const candidateMemberId = (ruleId: string): string => `~candidate-${ruleId}`;

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

  /** Those that the rule asks for. */
  ofRule(rule: Rule): readonly CompiledFeature[] {
    return featuresCounted(rule).flatMap(({ id, version = 0 }) => this.of(id, version) ?? []);
  }

  private static name(id: string, version: number): string {
    return `${id} ${version}`;
  }
}

/** What rules ask for of persons, by name, and since when without a break: of several rules the one that has for longest. */
function personsOf(rules: readonly Rule[]): ReadonlyMap<string, number> {
  const persons = new Map<string, number>();
  for (const { conditions, publishedAt, rememberedSince = {} } of rules)
    for (const name of personsNamed(conditions).map(personName)) {
      // Of segments every change is told, whoever asks.
      const sinceMs = isSegmentName(name) ? Number.NEGATIVE_INFINITY : Date.parse(rememberedSince[name] ?? publishedAt);
      persons.set(name, Math.min(sinceMs, persons.get(name) ?? sinceMs));
    }
  return persons;
}

const NO_GROUPS: readonly string[] = [];
const NO_NAMES: readonly string[] = [];
const NO_ROUTES: readonly RuleRoute[] = [];

/** A project's rules in force and the features that are counted for them. It looks at one event at a time. */
export class RuleSet {
  /** The rules that are asked at the event's subject, where it comes in. */
  readonly index: RuleIndex;
  /** What these remember. */
  readonly memories: MemorySet;
  /** What has to be looked up for events. */
  readonly questions: LookupQuestions;
  /** For whom rules do not fire for a while. */
  readonly snoozed: SnoozedKeys;
  /** What any of the rules asks for of persons, by `personName`, and since when, in epoch milliseconds. */
  readonly persons: ReadonlyMap<string, number>;
  /** Of what is remembered at subjects. */
  readonly scope = '';
  private readonly named: NamedFeatures;
  /** The other rules, by the type of events that they look at. */
  private readonly routesById: ReadonlyMap<string, RuleRoute>;
  private readonly routesByType: ReadonlyMap<string, readonly RuleRoute[]>;
  private readonly lookups: ReadonlyMap<string, Lookup>;
  /** What the rules that look at a type of events ask for of persons. */
  private readonly personsByType = new Map<string, string[]>();
  private readonly groupsByType = new Map<string, readonly string[]>();
  private readonly inForce: ReadonlySet<string>;

  /** @throws Error for rules and features that were never checked: a defect of who published them */
  constructor(
    number: number,
    rules: readonly Rule[],
    features: readonly Feature[],
    status = NO_STATUS,
    lookups: readonly Lookup[] = [],
    snoozed: readonly SnoozedRule[] = [],
  ) {
    this.snoozed = new SnoozedKeys(snoozed);
    const named = (this.named = new NamedFeatures(number, features, status));
    const byRoute = Map.groupBy(rules, (rule) => routeName(rule, named.ofRule(rule)));
    const atSubject = byRoute.get(undefined) ?? [];
    this.index = new RuleIndex(atSubject);
    this.memories = new MemorySet(atSubject);
    this.questions = new LookupQuestions(atSubject);
    this.lookups = new Map(lookups.map((lookup) => [lookup.id, lookup]));
    const routes = [...byRoute].flatMap(([name, those]) =>
      name === undefined ? [] : [new RuleRoute(name, those, (rule) => named.ofRule(rule))],
    );
    this.routesById = new Map(routes.map((route) => [route.scope, route]));
    const types = new Set(routes.flatMap(({ eventTypes }) => eventTypes));
    this.routesByType = new Map(
      [...types].map((type) => [type, routes.filter((route) => route.eventTypes.includes(type))]),
    );
    this.persons = personsOf(rules);
    for (const { conditions, eventTypes } of rules)
      for (const name of personsNamed(conditions).map(personName))
        for (const type of eventTypes) this.personsByType.set(type, [...(this.personsByType.get(type) ?? []), name]);
    this.inForce = new Set(rules.map(({ id, version }) => `${id} ${version}`));
  }

  get features(): FeatureSet {
    return this.named.set;
  }

  /** The feature as rules name it; undefined when none is counted. */
  featureOf(id: string, version: number): CompiledFeature | undefined {
    return this.named.of(id, version);
  }

  lookupOf(id: string): Lookup | undefined {
    return this.lookups.get(id);
  }

  /** Whether the set has this version of a rule. */
  has({ id, version }: Pick<Rule, 'id' | 'version'>): boolean {
    return this.inForce.has(`${id} ${version}`);
  }

  /** Rules that are asked at another key than the subject, or after features of other keys were gathered. */
  routesOf(eventType: string): readonly RuleRoute[] {
    return this.routesByType.get(eventType) ?? NO_ROUTES;
  }

  /** The ways of an event to rules that are not asked where it comes in. */
  routed(event: HermesEvent): readonly RoutedEvent[] {
    return this.routesOf(event.type).flatMap((route) => route.of(event) ?? []);
  }

  /** Whether events of this type may have to go to other keys. */
  sendsOn(eventType: string): boolean {
    return this.routesByType.has(eventType) || this.features.keyed(eventType).length > 0;
  }

  /** What the rules that look at events of this type ask for of persons. */
  personsAskedBy(eventType: string): readonly string[] {
    return this.personsByType.get(eventType) ?? NO_NAMES;
  }

  /** Whether rules at the subject look at events of this type, or facts with a memory do. */
  isAsked(eventType: string): boolean {
    return this.index.interested(eventType) > 0 || this.memories.lookingAt(eventType).length > 0;
  }

  /** The rules that remember things in this scope; undefined where none do any more. */
  rulesAt(scope: string): RulesAtKey | undefined {
    return scope === this.scope ? this : this.routesById.get(scope);
  }

  /** Whether events of this type are of no interest, neither to rules nor to what they know of earlier events. */
  ignores(eventType: string): boolean {
    return !this.isAsked(eventType) && this.features.ofSubject(eventType).length === 0 && !this.sendsOn(eventType);
  }

  /** The groups of the subject in which an event of this type counts, or for which rules that look at it ask. */
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
    const asked = this.routesOf(eventType).flatMap((route) => route.asks(eventType).ofSubject);
    const counting = [...this.features.ofSubject(eventType), ...asked].map(({ group }) => group);
    return [...new Set([...counting, ...this.groupsNamedBy(this.index.rulesOf(eventType))])];
  }

  /** The groups of the features that these rules ask for. */
  groupsNamedBy(rules: readonly Rule[]): readonly string[] {
    return [...new Set(rules.flatMap((rule) => this.named.ofRule(rule)).map(({ group }) => group))];
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
  const lookups: Lookup[] = [];
  const snoozed: SnoozedRule[] = [];
  let status = NO_STATUS;
  for (const { id, value } of members) {
    const json: unknown = JSON.parse(value.toString());
    if (id === RULE_SET_STATUS_ID) status = RuleSetStatus.parse(json);
    else if (id.startsWith(LOOKUP_PREFIX)) lookups.push(Lookup.parse(json));
    else if (id.startsWith(SNOOZED_PREFIX)) snoozed.push(SnoozedRule.parse(json));
    else if (isCountedFeature(id)) features.push(Feature.parse(json));
    else rules.push(Rule.parse(json));
  }
  return new RuleSet(number, rules, features, status, lookups, snoozed);
}

/** A set that is behind the newest by more is compiled anew for who asks for it. */
const KEPT_SETS = 4;

/** `ruleSetOf` for processors that read one topic: each set is compiled once for all of them, since a thousand rules take tenths of a second. */
export function sharedRuleSets(): typeof ruleSetOf {
  const sets = new Map<number, RuleSet>();
  return (number, members) => {
    const set = sets.get(number) ?? ruleSetOf(number, members);
    sets.set(number, set);
    if (sets.size > KEPT_SETS) sets.delete(Math.min(...sets.keys()));
    return set;
  };
}
