import { type Condition, ConditionId, type ConditionRef } from '@hermes/contracts/rule';
import { ordered } from './ordered-json.ts';
import { isChangeOperator, PREVIOUS_FACT } from './change-operators.ts';
import { FEATURE_FACT } from './feature-fact.ts';
import { isFields } from './fields.ts';
import type { Finding } from './finding.ts';
import { patternConditions } from './memory/memories-named.ts';
import { eachPattern, withMemoryConditions } from './memory/memory-definition.ts';
import { isMemoryFact, type MemoryFact } from './memory/memory-fact.ts';
import { unknownWord } from './rule-words.ts';
import { both } from './words.ts';

/** A fact with a memory, as somebody wrote it. */
interface MemoryPlace {
  readonly fact: MemoryFact;
  readonly params: Readonly<Record<string, unknown>>;
}

const isMemoryPlace = (place: unknown): place is MemoryPlace =>
  isFields(place) && isMemoryFact(place['fact']) && isFields(place['params']);

/** Those that a comparison names, itself or in its value. */
function memoriesIn(leaf: Readonly<Record<string, unknown>>): readonly MemoryPlace[] {
  const { value } = leaf;
  return [leaf, value, isFields(value) ? value['of'] : undefined].filter(isMemoryPlace);
}

const BRANCHES = ['all', 'any', 'not'] as const;

/** The project's named conditions, as far as something names them. */
export interface KnownConditions {
  /** Of all, for 'did you mean'. */
  readonly ids: readonly string[];
  newest(id: string): { readonly version: number; readonly conditions: Condition } | undefined;
  /** What an earlier version said. */
  version(ref: ConditionRef): Condition | undefined;
}

export interface ResolvedConditions {
  readonly conditions: unknown;
  readonly problems: readonly Finding[];
}

/** A reference as a person writes it, or as it is kept with what it stands for. */
type Reference =
  | { readonly kind: 'written'; readonly id: unknown }
  | { readonly kind: 'kept'; readonly ref: Partial<Record<'id' | 'version', unknown>> };

function referenceOf(node: Readonly<Record<string, unknown>>): Reference | undefined {
  if (!Object.hasOwn(node, 'condition')) return undefined;
  const { condition } = node;
  return isFields(condition) ? { kind: 'kept', ref: condition } : { kind: 'written', id: condition };
}

/** Named conditions that a condition names as it was written, each once: ids, and the versions of which it has kept what they said. */
export function conditionRefsIn(
  input: unknown,
  deepest: number,
): { readonly ids: readonly string[]; readonly kept: readonly ConditionRef[] } {
  const ids = new Set<string>();
  const kept = new Map<string, ConditionRef>();
  const look = (node: unknown, left: number): void => {
    if (!isFields(node) || left < 0) return;
    const reference = referenceOf(node);
    if (reference?.kind === 'written' && typeof reference.id === 'string') ids.add(reference.id);
    if (reference?.kind === 'kept') {
      const { id, version } = reference.ref;
      if (typeof id === 'string' && Number.isSafeInteger(version)) {
        ids.add(id);
        kept.set(`${id} ${String(version)}`, { id, version: version as number });
      }
    }
    for (const branch of BRANCHES) {
      const below = node[branch];
      for (const child of Array.isArray(below) ? (below as readonly unknown[]) : [below]) look(child, left - 1);
    }
    for (const { fact, params } of memoriesIn(node))
      for (const { pattern } of eachPattern(fact, params)) look(pattern.that, left - 1);
  };
  look(input, deepest);
  return { ids: [...ids], kept: [...kept.values()] };
}

/** What is written into comparisons when a rule is saved: it is no part of what a named condition says. */
function withoutWritten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWritten);
  if (!isFields(value)) return value;
  const { params, ...rest } = value;
  const clean = Object.fromEntries(Object.entries(rest).map(([key, one]) => [key, withoutWritten(one)]));
  if (!isFields(params)) return Object.hasOwn(value, 'params') ? { ...clean, params } : clean;
  const { [PREVIOUS_FACT]: previous, ...others } = params;
  if (typeof value['operator'] === 'string' && isChangeOperator(value['operator']) && previous !== undefined)
    return Object.keys(others).length === 0 ? clean : { ...clean, params: others };
  if (isMemoryFact(value['fact'])) return { ...clean, params: withoutWritten(params) };
  if (value['fact'] !== FEATURE_FACT) return { ...clean, params };
  return { ...clean, params: { id: params['id'] } };
}

/** What the group says, without what only describes it. */
function saidBy(node: Readonly<Record<string, unknown>>): unknown {
  const { condition: _, name: _name, priority: _priority, ...said } = node;
  return withoutWritten(said);
}

/**
 * Puts what named conditions say now in the place of their names, with the version, by which it is known where it came from. A condition that was kept with what an
 * earlier version said gets the newest; it is refused where somebody has changed what it says.
 *
 * @param self - a named condition in which no reference may come back to itself
 */
export function withNamedConditions(
  input: unknown,
  pointer: string,
  known: KnownConditions,
  { deepest, self }: { readonly deepest: number; readonly self?: string },
): ResolvedConditions {
  const problems: Finding[] = [];
  const refuse = (at: string, code: string, en: string, zh: string): void =>
    void problems.push({ pointer: at, code, text: both(en, zh) });

  const resolved = (node: Readonly<Record<string, unknown>>, reference: Reference, at: string): unknown => {
    const id = reference.kind === 'kept' ? reference.ref.id : reference.id;
    const newest = typeof id === 'string' ? known.newest(id) : undefined;
    if (typeof id !== 'string' || !ConditionId.safeParse(id).success || newest === undefined) {
      problems.push({
        pointer: `${at}/condition`,
        code: 'unknown-condition',
        text: unknownWord('condition', typeof id === 'string' ? id : (JSON.stringify(id) ?? ''), known.ids),
      });
      return node;
    }
    if (self !== undefined && (id === self || conditionsNamed(newest.conditions).some((ref) => ref.id === self))) {
      refuse(
        `${at}/condition`,
        'condition-cycle',
        `"${id}" comes back to "${self}" itself`,
        `“${id}”又回到了“${self}”自己`,
      );
      return node;
    }
    if (reference.kind === 'kept') {
      const then = known.version({ id, version: Number(reference.ref.version) });
      if (then === undefined || ordered(saidBy(node)) !== ordered(saidBy({ ...then }))) {
        refuse(
          at,
          'changed-condition',
          `this is not what "${id}" says: change the named condition, or leave out "condition" here`,
          `这与“${id}”所说的不同：请修改该命名条件，或去掉这里的“condition”`,
        );
        return node;
      }
    } else {
      for (const key of Object.keys(node))
        if (!['condition', 'name', 'priority'].includes(key))
          refuse(
            `${at}/${key}`,
            'unknown-field',
            `beside "condition" stands nothing else`,
            `“condition”旁边不能有别的字段`,
          );
    }
    const { name, priority } = node;
    return {
      ...newest.conditions,
      ...(name === undefined ? {} : { name }),
      ...(priority === undefined ? {} : { priority }),
      condition: { id, version: newest.version },
    };
  };

  const walk = (node: unknown, at: string, left: number): unknown => {
    if (!isFields(node) || left < 0) return node;
    const reference = referenceOf(node);
    if (reference !== undefined) return resolved(node, reference, at);
    for (const branch of ['all', 'any'] as const) {
      const children = node[branch];
      if (Array.isArray(children))
        return {
          ...node,
          [branch]: children.map((child: unknown, i) => walk(child, `${at}/${branch}/${String(i)}`, left - 1)),
        };
    }
    return isFields(node['not'])
      ? { ...node, not: walk(node['not'], `${at}/not`, left - 1) }
      : withPatterns(node, at, left);
  };
  /** A comparison with the named conditions that stand in what its facts remember. */
  const withPatterns = (leaf: Readonly<Record<string, unknown>>, at: string, left: number): unknown => {
    const ofPlace = <Place>(place: Place, pointer: string): Place => {
      if (!isMemoryPlace(place)) return place;
      const change = (that: unknown, _type: string, within: string): Condition =>
        walk(that, `${pointer}/params${within}`, left - 1) as Condition;
      return { ...place, params: withMemoryConditions(place.fact, place.params, change) };
    };
    if (memoriesIn(leaf).length === 0) return leaf;
    const other = ofPlace(leaf['value'], `${at}/value`);
    const value = isFields(other) && 'of' in other ? { ...other, of: ofPlace(other['of'], `${at}/value/of`) } : other;
    return { ...ofPlace(leaf, at), value };
  };
  return { conditions: walk(input, pointer, deepest), problems };
}

const named = new WeakMap<Condition, readonly ConditionRef[]>();

/** Named conditions that stand in a condition as it is kept, each version once; those within others too. */
export function conditionsNamed(condition: Condition): readonly ConditionRef[] {
  let those = named.get(condition);
  if (those === undefined) {
    const found = new Map<string, ConditionRef>();
    collect(condition, found);
    named.set(condition, (those = [...found.values()]));
  }
  return those;
}

function collect(condition: Condition, found: Map<string, ConditionRef>): void {
  if ('fact' in condition) {
    for (const that of patternConditions(condition)) collect(that, found);
    return;
  }
  const ref = condition.condition;
  if (ref !== undefined) found.set(`${ref.id} ${String(ref.version)}`, ref);
  if ('not' in condition) return collect(condition.not, found);
  for (const child of 'all' in condition ? condition.all : condition.any) collect(child, found);
}
