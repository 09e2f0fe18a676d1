import type { Feature } from '@hermes/contracts/feature';
import type { Rule, RuleDraft } from '@hermes/contracts/rule';
import type { BacktestSetting } from '@hermes/contracts/rule-backtest';
import { suppressionSeconds } from '@hermes/contracts/rule';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { personName } from '@hermes/rules/person-fact';
import { personsNamed } from '@hermes/rules/persons-named';
import { lookupsNamed } from '@hermes/rules/lookups-named';
import type { MemoryDefinition } from '@hermes/rules/memory/memory-definition';
import { RuleSet } from '../evaluation/rule-set.ts';
import { pastFeatureSet } from '../persons/telling-persons.ts';

/** The two rules that a backtest runs at once. */
export type Side = 'candidate' | 'live';

/** No rule that people save has such an id: the candidate shares no state with the version in force. Before it stands the rule's own. */
const CANDIDATE_MARK = '~';

export const sideOf = (ruleId: string): Side => (ruleId.endsWith(CANDIDATE_MARK) ? 'candidate' : 'live');

/** What runs, and what of the past it looks at. */
export interface Sides {
  readonly candidate: Rule;
  readonly live: Rule | undefined;
  /** Both rules. */
  readonly deciding: RuleSet;
  /** Their features alone. */
  readonly counting: RuleSet;
  /** What is counted to know what they ask for of persons. */
  readonly persons: FeatureSet | undefined;
  readonly types: readonly string[];
  /** Whether each subject is decided on by itself. Otherwise rules go by keys, or features of keys, at which subjects meet, and their order tells. */
  readonly isBySubject: boolean;
  /** Names of what they look up with. */
  readonly lookups: readonly string[];
  /** How far back a rule's own state begins, at least; 0: it keeps none. */
  readonly memoryMs: number;
}

/** A rule that is tried runs as if it were in the light. */
function inTheLight<R extends RuleDraft>(rule: R): R {
  const { shadow: _shadow, ...rest } = rule;
  return rest as R;
}

/** As if it had asked for it all the time: what was told of persons is computed from the beginning. */
function alwaysAsking(rule: Rule): Rule {
  const names = personsNamed(rule.conditions).map(personName);
  if (names.length === 0) return rule;
  const since = Object.fromEntries(names.map((name) => [name, new Date(0).toISOString()]));
  return { ...rule, rememberedSince: { ...rule.rememberedSince, ...since } };
}

/** Each has a state of its own, whatever it has where it was published. */
const withSlots = (features: readonly Feature[]): readonly Feature[] =>
  features.map((feature, i) => ({ ...feature, slot: i + 1 }));

/** @throws Error for rules and features that were never checked */
export function sidesOf(setting: BacktestSetting): Sides {
  const candidate: Rule = alwaysAsking({
    ...inTheLight(setting.candidate),
    id: `${setting.ruleId ?? ''}${CANDIDATE_MARK}`,
    project: setting.project,
    version: 1,
    publishedAt: setting.to,
  });
  const live = setting.live === null ? undefined : alwaysAsking(inTheLight(setting.live));
  const persons = setting.persons === undefined ? undefined : pastFeatureSet(setting.persons);
  const rules = live === undefined ? [candidate] : [candidate, live];
  const features = withSlots(setting.features);
  const deciding = new RuleSet(1, rules, features, undefined, setting.lookups);
  const types = new Set([
    ...rules.flatMap(({ eventTypes }) => eventTypes),
    ...[...deciding.features.bySlot.values()].flatMap((feature) => feature.types),
    ...deciding.memories.all().flatMap(({ eventTypes }) => eventTypes),
    ...[...(persons?.bySlot.values() ?? [])].flatMap((feature) => feature.types),
  ]);
  const named = new Set(rules.flatMap((rule) => lookupsNamed(rule).map(({ id }) => id)));
  return {
    candidate,
    live,
    deciding,
    counting: new RuleSet(1, [], features),
    persons,
    types: [...types],
    isBySubject: ![...types].some((type) => deciding.sendsOn(type)),
    lookups: [...named].sort(),
    memoryMs: Math.max(
      ...rules.map(memoryMsOf),
      ...deciding.memories.all().map(({ definition }) => reachOf(definition)),
    ),
  };
}

const DAY_MS = 86_400_000;

/** From how long ago a fact with a memory may remember what decides now; of appointments, as far ahead as they are usually made. */
function reachOf(definition: MemoryDefinition): number {
  if (definition.kind === 'sequence') return definition.withinMs;
  if (definition.kind === 'absence') return definition.withinMs + (definition.from === undefined ? 0 : 7 * DAY_MS);
  return ((definition.counted?.withinDays ?? 0) + 7) * DAY_MS;
}

/** A suppression is in step with live once a subject has paused for longer than its period: three of them are read. */
const memoryMsOf = ({ suppression }: Rule): number =>
  suppression === undefined ? 0 : 3 * suppressionSeconds(suppression) * 1_000;
