import type { Condition, LeafCondition, Rule } from '@hermes/contracts/rule';
import type { HermesEvent } from '@hermes/contracts/event';

/** Fields of an event: words, numbers, and objects that hold one of each. */
export const WORDS = Array.from({ length: 10 }, (_, i) => `word${String(i)}`);
export const NUMBERS = Array.from({ length: 14 }, (_, i) => `number${String(i)}`);
export const OBJECTS = Array.from({ length: 6 }, (_, i) => `object${String(i)}`);
const WORD_VALUES = 20;
const NUMBER_LIMIT = 1_000;
const INNER_SHARE = 0.2;
const REFERENCE_SHARE = 0.1;

/** One comparison, before it is written for one engine: of a field, or of what an object field holds, with a literal or another field. */
export interface PlainLeaf {
  readonly field: string;
  readonly inner: 'word' | 'number' | undefined;
  readonly operator: LeafCondition['operator'];
  readonly value: string | number | readonly string[] | { readonly field: string };
}

interface PlainList {
  readonly kind: 'all' | 'any';
  readonly of: readonly PlainCondition[];
}

export type PlainCondition = { readonly kind: 'leaf'; readonly leaf: PlainLeaf } | PlainList;

type Random = () => number;
const from = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
const word = (random: Random): string => `w${String(Math.floor(random() * WORD_VALUES))}`;
const number = (random: Random): number => Math.floor(random() * NUMBER_LIMIT);
const ORDERS = ['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'] as const;

/** An order with a bound anywhere in the field's range: true of half of all events. */
const order = (random: Random): PlainCondition => ({
  kind: 'leaf',
  leaf: { field: from(random, NUMBERS), inner: undefined, operator: from(random, ORDERS), value: number(random) },
});

function leaf(random: Random): PlainCondition {
  const isInner = random() < INNER_SHARE;
  if (!isInner && random() < REFERENCE_SHARE / (1 - INNER_SHARE)) {
    const [fields, operators] =
      random() < 0.5 ? ([NUMBERS, ORDERS] as const) : ([WORDS, ['equal', 'notEqual'] as const] as const);
    const value = { field: from(random, fields) };
    return {
      kind: 'leaf',
      leaf: { field: from(random, fields), inner: undefined, operator: from(random, operators), value },
    };
  }
  const inner = random() < 0.5 ? 'word' : 'number';
  const place = isInner
    ? { field: from(random, OBJECTS), inner: inner as 'word' | 'number' }
    : { field: from(random, inner === 'word' ? WORDS : NUMBERS), inner: undefined };
  if (inner === 'number')
    return { kind: 'leaf', leaf: { ...place, operator: from(random, ORDERS), value: number(random) } };
  if (random() < 0.3) {
    const value = Array.from({ length: 5 }, () => word(random));
    return { kind: 'leaf', leaf: { ...place, operator: from(random, ['in', 'notIn'] as const), value } };
  }
  return {
    kind: 'leaf',
    leaf: { ...place, operator: from(random, ['equal', 'equal', 'equal', 'notEqual'] as const), value: word(random) },
  };
}

/** Three to eight comparisons, two or three deep, the first of them true of half of all events. */
export function randomCondition(random: Random): PlainCondition {
  const leaves = 3 + Math.floor(random() * 6);
  const depth = random() < 0.5 ? 2 : 3;
  const some = (count: number): PlainCondition[] => Array.from({ length: count }, () => leaf(random));
  const list = (count: number, levels: number, kind: 'all' | 'any'): PlainList => {
    const below = levels > 1 ? Math.floor(random() * count) : 0;
    // One comparison alone needs no list.
    if (below < 2) return { kind, of: some(count) };
    return { kind, of: [...some(count - below), list(below, levels - 1, kind === 'all' ? 'any' : 'all')] };
  };
  const root = list(leaves - 1, depth, random() < 0.75 ? 'all' : 'any');
  return { kind: root.kind, of: [order(random), ...root.of] };
}

const pathOf = ({ field, inner }: Pick<PlainLeaf, 'field' | 'inner'>): string =>
  inner === undefined ? `$.data.${field}` : `$.data.${field}.${inner}`;

/** As Hermes has it. */
export function hermesCondition(condition: PlainCondition): Condition {
  if (condition.kind !== 'leaf') {
    const of = condition.of.map(hermesCondition);
    return condition.kind === 'all' ? { all: of } : { any: of };
  }
  const { operator, value } = condition.leaf;
  const expected =
    typeof value === 'object' && 'field' in value
      ? { fact: 'event', path: pathOf({ field: value.field, inner: undefined }) }
      : value;
  return { fact: 'event', path: pathOf(condition.leaf), operator, value: expected };
}

export const hermesRule = (condition: PlainCondition, number: number, eventType: string): Rule => ({
  id: `r-${String(number)}`,
  project: 'bench',
  name: `rule ${String(number)}`,
  version: 1,
  eventTypes: [eventType],
  conditions: hermesCondition(condition),
  event: { type: 'fired' },
  severity: 'info',
  alert: false,
  publishedAt: '2026-01-01T00:00:00.000Z',
});

export function randomData(random: Random): HermesEvent['data'] {
  return Object.fromEntries([
    ...WORDS.map((field) => [field, word(random)]),
    ...NUMBERS.map((field) => [field, number(random)]),
    ...OBJECTS.map((field) => [field, { word: word(random), number: number(random) }]),
  ]) as HermesEvent['data'];
}
