import { createHash } from 'node:crypto';
import { type Condition, suppressionSeconds } from '@hermes/contracts/rule';
import {
  AbsenceParams,
  type EventPattern,
  ItineraryParams,
  type ObservedEvents,
  SequenceParams,
} from '@hermes/contracts/rule-memory';
import type { FindingKind } from '@hermes/itinerary/finding';
import { ordered } from '../ordered-json.ts';
import type { MemoryFact } from './memory-fact.ts';

export interface SequenceDefinition {
  readonly kind: 'sequence';
  /** At least two; with the last one it is complete. */
  readonly steps: readonly EventPattern[];
  readonly without: readonly EventPattern[];
  readonly withinMs: number;
  readonly same: readonly string[];
}

export interface AbsenceDefinition {
  readonly kind: 'absence';
  readonly after: EventPattern;
  readonly no: readonly EventPattern[];
  readonly withinMs: number;
  readonly from: string | undefined;
  readonly same: readonly string[];
}

export interface ItineraryDefinition {
  readonly kind: 'itinerary';
  readonly check: FindingKind;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly events: ObservedEvents;
  /** It holds from so many findings in so many days on. */
  readonly counted: { readonly atLeast: number; readonly withinDays: number } | undefined;
}

/** What a fact with a memory is, however it is written. Rules with the same one share what is remembered. */
export type MemoryDefinition = (SequenceDefinition | AbsenceDefinition | ItineraryDefinition) & {
  /** A hash of the rest. */
  readonly id: string;
};

const listed = <T>(given: T | readonly T[] | undefined): readonly T[] =>
  given === undefined ? [] : Array.isArray(given) ? (given as readonly T[]) : [given as T];

const msOf = (span: Parameters<typeof suppressionSeconds>[0]): number => suppressionSeconds(span) * 1_000;

function read(fact: MemoryFact, params: unknown): SequenceDefinition | AbsenceDefinition | ItineraryDefinition {
  switch (fact) {
    case 'sequence': {
      const { first, then, without, within, same = [] } = SequenceParams.parse(params);
      return { kind: fact, steps: [first, ...listed(then)], without: listed(without), withinMs: msOf(within), same };
    }
    case 'absence': {
      const { after, no, within, from, same = [] } = AbsenceParams.parse(params);
      return { kind: fact, after, no: listed(no), withinMs: msOf(within), from, same };
    }
    case 'itinerary': {
      const { check, parameters = {}, events = {}, atLeast, withinDays } = ItineraryParams.parse(params);
      const counted = atLeast === undefined || withinDays === undefined ? undefined : { atLeast, withinDays };
      return { kind: fact, check: check as FindingKind, parameters, events, counted };
    }
  }
}

/** What is remembered for a condition does not depend on the name under which it is kept. */
function withoutNames(condition: Condition): Condition {
  if ('fact' in condition) return condition;
  const { condition: _, ...group } = condition;
  if ('all' in group) return { ...group, all: group.all.map(withoutNames) };
  return 'any' in group ? { ...group, any: group.any.map(withoutNames) } : { ...group, not: withoutNames(group.not) };
}

const known = new WeakMap<object, MemoryDefinition>();

/** What the params of a fact with a memory say. @throws Error for what `checkRule` refuses */
export function memoryDefinitionOf(fact: MemoryFact, params: object | undefined): MemoryDefinition {
  let definition = params && known.get(params);
  if (definition !== undefined && definition.kind === fact) return definition;
  const rest = read(fact, params);
  const said = read(fact, withMemoryConditions(fact, { ...params }, withoutNames));
  const id = createHash('sha256').update(ordered(said)).digest('hex').slice(0, 16);
  definition = { ...rest, id };
  if (params !== undefined) known.set(params, definition);
  return definition;
}

/** Patterns of events in the params, each with its place in them. */
function patternsIn(fact: MemoryFact): readonly string[] {
  return fact === 'sequence' ? ['first', 'then', 'without'] : fact === 'absence' ? ['after', 'no'] : [];
}

const isPattern = (value: unknown): value is { readonly type?: unknown; readonly that?: Condition } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The patterns of events in the params, each with its pointer in them; of what was never checked as well. */
export function* eachPattern(
  fact: MemoryFact,
  params: Readonly<Record<string, unknown>>,
): Generator<{ readonly pattern: { readonly type?: unknown; readonly that?: unknown }; readonly pointer: string }> {
  for (const name of patternsIn(fact)) {
    const given = params[name];
    if (Array.isArray(given)) {
      for (const [i, one] of given.entries()) if (isPattern(one)) yield { pattern: one, pointer: `/${name}/${i}` };
    } else if (isPattern(given)) yield { pattern: given, pointer: `/${name}` };
  }
}

/**
 * The params with the conditions on events in them changed.
 *
 * @param change - is told of which type the events are, and the condition's pointer in the params
 */
export function withMemoryConditions(
  fact: MemoryFact,
  params: Readonly<Record<string, unknown>>,
  change: (condition: Condition, type: string, pointer: string) => Condition,
): Readonly<Record<string, unknown>> {
  const changed = (given: unknown, at: string): unknown => {
    if (Array.isArray(given)) return given.map((one: unknown, i) => changed(one, `${at}/${String(i)}`));
    if (!isPattern(given) || given.that === undefined) return given;
    return { ...given, that: change(given.that, String(given.type), `${at}/that`) };
  };
  const names = patternsIn(fact).filter((name) => params[name] !== undefined);
  return { ...params, ...Object.fromEntries(names.map((name) => [name, changed(params[name], `/${name}`)])) };
}
