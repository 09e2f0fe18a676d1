import type { LeafCondition, RuleOperator } from '@hermes/contracts/rule';
import { isFields } from './fields.ts';
import type { Operator } from './operators.ts';
import { negated, UNDECIDABLE, verdictOf } from './verdict.ts';

/** Among the facts: by which named lists are looked up. In a condition as json-rules-engine writes it, it is the list itself. */
export const LIST_FACT = 'list';

/** A named list as it is at an event. */
export interface ListView {
  readonly revision: number;
  has(entry: string): boolean;
}

/** The project's named lists; undefined for one that is not there, or not whole. */
export type ListLookup = (id: string) => ListView | undefined;

/** The text by which a value stands in a list: a number's is its own, so 17 and "17" are one entry. Undefined: it stands in none. */
export function entryOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

const isView = (expected: unknown): expected is ListView =>
  typeof expected === 'object' && expected !== null && typeof (expected as Partial<ListView>).has === 'function';

const inList: Operator = (actual, expected) => {
  if (!isView(expected)) return UNDECIDABLE;
  const entry = entryOf(actual);
  return verdictOf(entry !== undefined && expected.has(entry));
};

export const LIST_OPERATORS = {
  inList,
  notInList: (actual, expected) => negated(inList(actual, expected)),
} satisfies Partial<Record<RuleOperator, Operator>>;

/** Whether it is one of them, under whatever decorators. */
export const isListOperator = (name: string): boolean =>
  Object.hasOwn(LIST_OPERATORS, name.slice(name.lastIndexOf(':') + 1));

/** The named list that a comparison asks; undefined for any other comparison. */
export function listAsked({ operator, value }: Pick<LeafCondition, 'operator' | 'value'>): string | undefined {
  if (!isListOperator(operator) || !isFields(value)) return undefined;
  return typeof value[LIST_FACT] === 'string' ? value[LIST_FACT] : undefined;
}

/** Entries that somebody names, as lists; of others `otherwise` is asked. */
export function givenLists(
  given: Readonly<Record<string, readonly (string | number)[]>>,
  otherwise: ListLookup,
): ListLookup {
  const views = new Map(
    Object.entries(given).map(([id, entries]) => [id, { revision: 1, has: setOf(entries) } satisfies ListView]),
  );
  return (id) => views.get(id) ?? otherwise(id);
}

function setOf(entries: readonly (string | number)[]): (entry: string) => boolean {
  const texts = new Set(entries.map((entry) => entryOf(entry)));
  return (entry) => texts.has(entry);
}

const EMPTY_LIST: ListView = { revision: 1, has: () => false };
/** Of a test, which is to say the same whenever it is run: a list that it does not give is empty. */
export const emptyLists: ListLookup = () => EMPTY_LIST;
