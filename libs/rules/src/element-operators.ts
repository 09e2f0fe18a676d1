import type { Condition, LeafCondition, RuleOperator } from '@hermes/contracts/rule';
import type { Operator } from './operators.ts';
import { FALSE, negated, TRUE, UNDECIDABLE, type Verdict } from './verdict.ts';

/** The elements of a longer list are not asked: with 500 conditions in a rule, it would hold up all that comes behind its event for seconds. */
export const MAX_ELEMENTS = 1_000;

/** What is to be found in a list, as the condition's value says it. */
export interface ElementSearch {
  readonly that: Condition;
  readonly atLeast: number;
  readonly atMost: number;
}

/** A search that can be asked: what an operator of elements compares a list with. */
export class ElementTest {
  readonly holdsFor: (element: unknown) => Verdict;
  readonly atLeast: number;
  readonly atMost: number;

  constructor(holdsFor: (element: unknown) => Verdict, { atLeast, atMost }: ElementSearch) {
    this.holdsFor = holdsFor;
    this.atLeast = atLeast;
    this.atMost = atMost;
  }
}

/** Asks a list; what is no list has no elements that anything could hold for. */
function ofLists(ask: (list: readonly unknown[], test: ElementTest) => Verdict): Operator {
  return (actual, expected) => {
    if (!Array.isArray(actual)) return FALSE;
    if (!(expected instanceof ElementTest) || actual.length > MAX_ELEMENTS) return UNDECIDABLE;
    return ask(actual, expected);
  };
}

/** What decides decides, wherever it stands; otherwise one that cannot be decided leaves the list undecided. */
function untilOne(decides: Verdict): (list: readonly unknown[], test: ElementTest) => Verdict {
  return (list, test) => {
    let verdict = negated(decides);
    for (const element of list) {
      const said = test.holdsFor(element);
      if (said === decides) return decides;
      if (said === UNDECIDABLE) verdict = UNDECIDABLE;
    }
    return verdict;
  };
}

/** Elements that cannot be decided may count or not: it is decided only where that makes no difference. */
function count(list: readonly unknown[], { holdsFor, atLeast, atMost }: ElementTest): Verdict {
  let holding = 0;
  let undecided = 0;
  for (const element of list) {
    const said = holdsFor(element);
    if (said === TRUE) holding += 1;
    else if (said === UNDECIDABLE) undecided += 1;
  }
  const most = holding + undecided;
  if (most < atLeast || holding > atMost) return FALSE;
  return holding >= atLeast && most <= atMost ? TRUE : UNDECIDABLE;
}

const any = untilOne(TRUE);

export const ELEMENT_OPERATORS = {
  anyElement: ofLists(any),
  allElements: ofLists(untilOne(FALSE)),
  noElement: ofLists((list, test) => negated(any(list, test))),
  countElements: ofLists(count),
} satisfies Partial<Record<RuleOperator, Operator>>;

export const isElementOperator = (name: string): boolean => Object.hasOwn(ELEMENT_OPERATORS, name);

/** What a comparison that `checkRule` has passed looks for in a list; undefined for any other comparison. */
export function elementSearchOf({ operator, value }: LeafCondition): ElementSearch | undefined {
  if (!isElementOperator(operator)) return undefined;
  if (operator !== 'countElements') return { that: value as Condition, atLeast: 0, atMost: Infinity };
  const { that, atLeast = 0, atMost = Infinity } = value as Partial<ElementSearch> & { readonly that: Condition };
  return { that, atLeast, atMost };
}

/** The comparison with its search's condition changed. */
export function withElementCondition(leaf: LeafCondition, change: (condition: Condition) => Condition): LeafCondition {
  const { that } = elementSearchOf(leaf)!;
  const value = leaf.operator === 'countElements' ? { ...(leaf.value as object), that: change(that) } : change(that);
  return { ...leaf, value };
}
