import type { RuleDraft } from '@hermes/contracts/rule';
import { type AskedComparison, askedComparisons, type AskedType, askedTypes, placesOf } from './asked-comparison.ts';
import { contradictionsOf } from './contradictions.ts';
import { emittedTypes, placesOfActions } from './action-findings.ts';
import type { CataloguedType } from './event-schema.ts';
import type { Finding } from './finding.ts';
import { keyProblems, memoryFindings, rememberedComparisons, timeProblems } from './memory/memory-findings.ts';
import { withPlatformTypes } from './platform-types.ts';
import { type NamedRule, sameConditions } from './same-rules.ts';
import { typeMismatch } from './type-mismatches.ts';
import { unknownField } from './unknown-fields.ts';
import { unknownTypes } from './unknown-types.ts';
import { both } from './words.ts';

/** Among what a draft is looked at. */
export interface Surroundings {
  /** The project's event types; undefined where they are not there to be read. */
  readonly catalogue: readonly CataloguedType[] | undefined;
  /** Rules in force, other than the draft's own, with its `conditionHash`. */
  readonly same: readonly NamedRule[];
}

/** What is said of a draft that `checkRule` has passed. */
export interface Findings {
  /** It would never fire (decision 0150): it is not to be saved. */
  readonly problems: readonly Finding[];
  /** What looks like a mistake; it may be saved. */
  readonly warnings: readonly Finding[];
}

const UNCHECKED: Finding = {
  pointer: '/eventTypes',
  code: 'fields-unchecked',
  text: both(
    'fields and types were not checked: the event catalogue is not there',
    '没有检查字段和类型：事件目录不可用',
  ),
};
const NO_CATALOGUE: Finding = {
  ...UNCHECKED,
  text: both(
    'fields and types were not checked: the project has no event types in its catalogue',
    '没有检查字段和类型：项目的事件目录中还没有事件类型',
  ),
};

function uncheckedFields(catalogue: readonly CataloguedType[] | undefined): readonly Finding[] {
  if (catalogue === undefined) return [UNCHECKED];
  return catalogue.length === 0 ? [NO_CATALOGUE] : [];
}

/** @param draft - its conditions placed in a time zone (`inTimeZone`) */
export function findingsOf(
  draft: Pick<RuleDraft, 'eventTypes' | 'conditions' | 'key' | 'actions'>,
  { catalogue, same }: Surroundings,
): Findings {
  const { eventTypes, conditions, key, actions } = draft;
  const { findings: contradictions, neverHolds } = contradictionsOf(conditions, '/conditions');
  const known = withPlatformTypes(catalogue ?? []);
  const types = askedTypes(known.filter(({ type }) => eventTypes.includes(type)));
  const warnings: Finding[] = [
    ...uncheckedFields(catalogue),
    ...unknownTypes(eventTypes, known),
    ...emittedTypes(actions, eventTypes, known),
  ];
  for (const comparison of comparisonsOf(conditions, types, known)) {
    warnings.push(...memoryFindings(comparison, eventTypes, known));
    const unknown = placesOf(comparison).flatMap((place) => unknownField(place, comparison.types) ?? []);
    warnings.push(...unknown);
    const mismatch = typeMismatch(comparison);
    if (mismatch !== undefined) warnings.push(mismatch);
  }
  const unknownKey = key && unknownField({ pointer: '/key/path', fact: 'event', path: key.path }, types);
  if (unknownKey !== undefined) warnings.push(unknownKey);
  warnings.push(...placesOfActions(actions).flatMap((place) => unknownField(place, types) ?? []));
  warnings.push(...sameConditions(same));
  const untimely = [...timeProblems(conditions), ...keyProblems({ conditions, key })];
  if (!neverHolds) return { problems: untimely, warnings: [...warnings, ...contradictions] };
  const never = contradictions.map(({ pointer, text }): Finding => ({
    pointer,
    code: 'never-fires',
    text: both(`the rule would never fire: ${text.en}`, `规则永远不会触发：${text.zh}`),
  }));
  return { problems: [...untimely, ...never], warnings };
}

/** Those that are asked of the event in hand, and of events that facts remember. */
function* comparisonsOf(
  conditions: RuleDraft['conditions'],
  types: readonly AskedType[],
  known: readonly CataloguedType[],
): Generator<AskedComparison> {
  for (const comparison of askedComparisons(conditions, '/conditions', types)) {
    yield comparison;
    yield* rememberedComparisons(comparison, known);
  }
}
