import type { Condition, LeafCondition } from '@hermes/contracts/rule';
import { elementSearchOf } from './element-operators.ts';
import { type CataloguedType, eventSchema, itemsOf, type Schema, schemaAt, type SchemaPlace } from './event-schema.ts';
import { referenceIn } from './expected-value.ts';
import { stepsOf } from './json-path.ts';

/** An event type that a comparison is asked of, with what is known of each fact; a fact that is absent is not known. */
export interface AskedType {
  /** Undefined: nothing is known of it but what every event has. */
  readonly type: string | undefined;
  readonly facts: Readonly<Record<string, Schema | undefined>>;
}

/** A comparison of a condition with the event types that it is asked of. */
export interface AskedComparison {
  readonly leaf: LeafCondition;
  readonly pointer: string;
  readonly types: readonly AskedType[];
}

/** A place of a fact that a condition names. */
export interface NamedPlace {
  /** Of the path itself. */
  readonly pointer: string;
  readonly fact: string;
  readonly path: string;
}

/** The types that are to be asked; where none is known, the one about which only that is known which holds for every event. */
export const askedTypes = (types: readonly CataloguedType[]): readonly AskedType[] =>
  types.length === 0
    ? [{ type: undefined, facts: { event: eventSchema(undefined, {}) } }]
    : types.map(({ type, schema }) => ({ type, facts: { event: eventSchema(type, schema) } }));

/** What is known of a place in events of the type. */
export function placeIn({ facts }: AskedType, fact: string, path: string | undefined): SchemaPlace {
  const schema = facts[fact];
  const steps = stepsOf(path ?? '$');
  return schema === undefined || steps === undefined ? { kind: 'untold' } : schemaAt(schema, steps);
}

/** The types that a condition beside others lets through: `$.type` equal to one, or in a list. */
function typesLetThrough(condition: Condition): readonly unknown[] | undefined {
  if (!('fact' in condition) || condition.fact !== 'event' || condition.path !== '$.type') return undefined;
  if (condition.operator === 'equal') return [condition.value];
  return condition.operator === 'in' && Array.isArray(condition.value) ? condition.value : undefined;
}

function narrowed(types: readonly AskedType[], beside: readonly Condition[]): readonly AskedType[] {
  const lists = beside.map(typesLetThrough).filter((list) => list !== undefined);
  const left = types.filter(({ type }) => type === undefined || lists.every((list) => list.includes(type)));
  // A condition that lets none through is told as such; what stands beside it is not.
  return left.length === 0 ? types : left;
}

/** Each comparison in a condition, those that are asked of the elements of lists too. */
export function* askedComparisons(
  condition: Condition,
  pointer: string,
  types: readonly AskedType[],
): Generator<AskedComparison> {
  if ('all' in condition) {
    const left = narrowed(types, condition.all);
    for (const [i, child] of condition.all.entries()) {
      // What narrows is itself asked of all of them.
      const isNarrowing = typesLetThrough(child) !== undefined;
      yield* askedComparisons(child, `${pointer}/all/${i}`, isNarrowing ? types : left);
    }
    return;
  }
  if ('any' in condition) {
    for (const [i, child] of condition.any.entries()) yield* askedComparisons(child, `${pointer}/any/${i}`, types);
    return;
  }
  if ('not' in condition) return yield* askedComparisons(condition.not, `${pointer}/not`, types);
  yield { leaf: condition, pointer, types };
  const search = elementSearchOf(condition);
  if (search === undefined) return;
  const { fact, path, operator } = condition;
  const inside = types.map((one): AskedType => {
    const list = placeIn(one, fact, path);
    return { ...one, facts: { ...one.facts, element: list.kind === 'known' ? itemsOf(list.schema) : undefined } };
  });
  yield* askedComparisons(search.that, `${pointer}/value${operator === 'countElements' ? '/that' : ''}`, inside);
}

/** The places that a comparison names: its own, and the one that it compares with. */
export function placesOf({ leaf, pointer }: AskedComparison): readonly NamedPlace[] {
  const places: NamedPlace[] = [];
  if (leaf.path !== undefined) places.push({ pointer: `${pointer}/path`, fact: leaf.fact, path: leaf.path });
  const other = referenceIn(leaf);
  if (other?.path !== undefined) {
    const at = `${pointer}/value${other === leaf.value ? '' : '/of'}/path`;
    places.push({ pointer: at, fact: other.fact, path: other.path });
  }
  return places;
}
