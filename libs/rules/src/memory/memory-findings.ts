import type { KeyField } from '@hermes/contracts/key-field';
import type { Condition, RuleDraft } from '@hermes/contracts/rule';
import type { ObservedEvents } from '@hermes/contracts/rule-memory';
import { CHECKS } from '@hermes/itinerary/catalogue';
import type { FindingKind } from '@hermes/itinerary/finding';
import { sourcesOf } from '@hermes/itinerary/observed-events';
import { type AskedComparison, askedComparisons, askedTypes } from '../asked-comparison.ts';
import type { CataloguedType } from '../event-schema.ts';
import type { Finding } from '../finding.ts';
import { unknownTypes } from '../unknown-types.ts';
import { both, quoted } from '../words.ts';
import { isDecidedByTime, memoriesNamed, needsTime } from './memories-named.ts';
import { eachPattern, type MemoryDefinition } from './memory-definition.ts';
import { isMemoryFact, memoryNamedBy } from './memory-fact.ts';
import { memoryOf } from './memory-set.ts';

/** The comparisons on events that a fact with a memory remembers, with the types that they are asked of. */
export function* rememberedComparisons(
  { leaf, pointer }: AskedComparison,
  catalogue: readonly CataloguedType[],
): Generator<AskedComparison> {
  if (!isMemoryFact(leaf.fact)) return;
  for (const { pattern, pointer: at } of eachPattern(leaf.fact, leaf.params ?? {})) {
    if (pattern.that === undefined) continue;
    const types = askedTypes(catalogue.filter(({ type }) => type === pattern.type));
    yield* askedComparisons(pattern.that as Condition, `${pointer}/params${at}/that`, types);
  }
}

/** The types of events with which a fact may come true, or on which time decides. */
function tellingTypes(definition: MemoryDefinition): readonly string[] {
  switch (definition.kind) {
    case 'sequence':
      return [definition.steps.at(-1)!.type];
    case 'absence':
      return [definition.after.type];
    case 'itinerary':
      return memoryOf(definition).eventTypes;
  }
}

/** Event types in what a fact remembers that the catalogue does not have, and a fact that no event of the rule's types can be about. */
export function memoryFindings(
  { leaf, pointer }: AskedComparison,
  eventTypes: readonly string[],
  catalogue: readonly CataloguedType[],
): readonly Finding[] {
  const definition = memoryNamedBy(leaf);
  if (definition === undefined || !isMemoryFact(leaf.fact)) return [];
  const unknown = [...eachPattern(leaf.fact, leaf.params ?? {})].flatMap(({ pattern, pointer: at }) =>
    unknownTypes([String(pattern.type)], catalogue).map((finding) => ({
      ...finding,
      pointer: `${pointer}/params${at}/type`,
    })),
  );
  const telling = tellingTypes(definition);
  if (isDecidedByTime(definition) || telling.some((type) => eventTypes.includes(type))) return unknown;
  const names = quoted(telling);
  const text = both(
    `"${leaf.fact}" comes true with events of ${names.en}, and the rule looks at none of them`,
    `“${leaf.fact}”在${names.zh}的事件上成立，而规则不看这些类型`,
  );
  return [...unknown, { pointer: '/eventTypes', code: 'never-told', text }];
}

/** A rule with a fact that time decides, which other events could fire as well, is refused: it would fire twice on one event. */
export function timeProblems(conditions: Condition): readonly Finding[] {
  if (!memoriesNamed(conditions).some(isDecidedByTime) || needsTime(conditions)) return [];
  const text = both(
    'an absence, and a check for what did not happen, is decided by time and not by an event: let it stand in the outermost "all" and hold ("equal" true), so that the rule fires for nothing else',
    '“absence”和检查未发生之事由时间而不是事件决定：请放在最外层的“all”里并要求成立（“equal” true），使规则不因其他情况触发',
  );
  return [{ pointer: '/conditions', code: 'needs-time', text }];
}

/** The checks in which several brokers meet, and the field by which a rule with such a check has to go. */
const MEET_BY: Readonly<Partial<Record<FindingKind, { readonly field: string; readonly entity: string }>>> = {
  'shared-device': { field: 'deviceId', entity: 'device' },
  'poached-customer': { field: 'customerId', entity: 'customer' },
};

/** By which key a rule with this check goes; undefined: by the subject, or any other that the broker's events have in common. */
export function keyOfCheck(check: FindingKind, events: ObservedEvents): KeyField | undefined {
  const meet = MEET_BY[check];
  if (meet === undefined) return undefined;
  const [source] = sourcesOf(CHECKS[check].observes[0]!, events) as unknown as readonly Readonly<
    Record<string, unknown>
  >[];
  return { entity: meet.entity, path: String(source?.[meet.field]) };
}

/** A check in which several brokers meet, in a rule that does not go by what they meet at: it would find nothing. */
export function keyProblems({ conditions, key }: Pick<RuleDraft, 'conditions' | 'key'>): readonly Finding[] {
  return memoriesNamed(conditions).flatMap((definition): readonly Finding[] => {
    if (definition.kind !== 'itinerary') return [];
    const needed = keyOfCheck(definition.check, definition.events);
    if (needed === undefined || needed.path === key?.path) return [];
    const example = JSON.stringify(needed);
    const text = both(
      `"${definition.check}" brings together events of several brokers: the rule has to go by the field in which they meet, "key": ${example}`,
      `“${definition.check}”汇集多名经纪人的事件：规则要按他们共有的字段走，"key": ${example}`,
    );
    return [{ pointer: '/key', code: 'needs-key', text }];
  });
}

/**
 * Features that cannot be known when time decides: then nothing but the rule's own key is looked at.
 *
 * @param ofOthers - features that the rule asks for, of another key than its own
 */
export function timelessFeatures(conditions: Condition, ofOthers: readonly string[]): readonly Finding[] {
  if (ofOthers.length === 0 || !memoriesNamed(conditions).some(isDecidedByTime)) return [];
  const names = quoted(ofOthers);
  const text = both(
    `when time decides, a rule knows the features of its own key alone: ${names.en} ${ofOthers.length === 1 ? 'is' : 'are'} of another`,
    `由时间决定时，规则只知道自己的键的特征：${names.zh}属于其他键`,
  );
  return [{ pointer: '/conditions', code: 'unfit-feature', text }];
}
