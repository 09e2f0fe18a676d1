import type { Bilingual } from '@hermes/contracts/event-type';
import { FeatureId } from '@hermes/contracts/feature';
import type { Language } from '@hermes/contracts/language';
import { ListId } from '@hermes/contracts/named-list';
import { LookupId } from '@hermes/contracts/lookup';
import { ConditionRef, RuleDraft } from '@hermes/contracts/rule';
import { ActionPlace } from '@hermes/contracts/rule-action';
import { z } from 'zod';
import { isChangeOperator } from './change-operators.ts';
import { changeChecked } from './check-change.ts';
import { patternProblem } from './check-pattern.ts';
import { actionFindings } from './check-actions.ts';
import { isElementOperator } from './element-operators.ts';
import { isNearness } from './expected-value.ts';
import { isFactReference, isRelative } from './fact-reference.ts';
import { FEATURE_FACT } from './feature-fact.ts';
import { type Fields, isFields } from './fields.ts';
import { type Finding, inLanguage } from './finding.ts';
import { frameProblems, pointerOf, type RuleProblem } from './frame-problems.ts';
import { GEO_OPERATORS, geoValueProblem } from './geo-operators.ts';
import { pathProblem } from './json-path.ts';
import { LOOKUP_FACT } from './lookup-fact.ts';
import { withListFactsTurned } from './list-facts.ts';
import { isListOperator, LIST_FACT } from './list-operators.ts';
import {
  DECORATOR_NAMES,
  isOrder,
  OPERATOR_NAMES,
  literalsOf,
  operatorOf,
  splitOperator,
  TEXT_OPERATORS,
} from './operators.ts';
import { personShape } from './check-person.ts';
import { PERSON_FACT } from './person-fact.ts';
import { memoryProblems } from './memory/check-memory.ts';
import { eachPattern } from './memory/memory-definition.ts';
import { isMemoryFact, MEMORY_FACTS, type MemoryFact } from './memory/memory-fact.ts';
import { MAX_CHANGES, MAX_CONDITIONS, MAX_DEPTH, MAX_PATTERNS, MAX_RULE_LENGTH } from './rule-limits.ts';
import { SAYS, unknownWord } from './rule-words.ts';
import { runTimesFindings } from './run-times.ts';
import { TIME_OPERATORS, timeValueProblem } from './time-operators.ts';

const FACTS_OF_MANY = [FEATURE_FACT, LOOKUP_FACT, PERSON_FACT, LIST_FACT];
/** The facts that a rule may name; a condition on the elements of a list may name `element` as well. */
export const FACT_NAMES: readonly string[] = ['event', ...FACTS_OF_MANY, ...MEMORY_FACTS];
const ELEMENT_FACT = 'element';
/** Those that an action may read. */
const ACTION_FACTS: readonly string[] = ActionPlace.shape.fact.options;

export type CheckedRule =
  | { readonly kind: 'ok'; readonly draft: RuleDraft }
  | { readonly kind: 'rejected'; readonly problems: readonly RuleProblem[] };

const DRAFT_KEYS = Object.keys(RuleDraft.shape);
const KEYS_BELOW = ['type', 'params', 'entity', 'path', 'percent', 'days', 'from', 'to', 'timeZone', 'starts', 'ends'];
const DESCRIBING_KEYS = ['name', 'priority'];
const LEAF_KEYS = [...DESCRIBING_KEYS, 'fact', 'params', 'path', 'operator', 'value'];
const BRANCH_KEYS = ['all', 'any', 'not'];
const COUNT_KEYS = ['that', 'atLeast', 'atMost'];
const LIST_KEYS = [LIST_FACT];
const ONE_LIST_DECORATORS = ['someFact', 'everyFact', 'not'];
const FEATURE_KEYS = ['id', 'version'];
const RATIO_KEYS = ['numerator', 'denominator'];
const LOOKUP_KEYS = ['id', 'key'];

/** Everything but the conditions and actions, which get messages of their own: those of unions say nothing to a person. */
const Frame = RuleDraft.extend({ conditions: z.unknown(), actions: z.unknown().optional() });

class ConditionCheck {
  readonly problems: Finding[] = [];
  private count = 0;
  private patternCount = 0;
  /** Places of which it is asked what was there before. */
  private readonly changing = new Set<string>();
  /** Whether it is kept what was before. */
  private readonly keepsBefore: boolean;
  private facts: readonly string[];
  /** Of the events that a fact remembers, where their condition is looked at; otherwise that of the rule's. */
  private typeInHand = '';

  constructor(facts: readonly string[]) {
    this.facts = facts;
    this.keepsBefore = facts.includes(FEATURE_FACT);
  }

  private refuse(pointer: string, code: string, text: Bilingual): void {
    this.problems.push({ pointer, code, text });
  }

  root(value: unknown, pointer: string, depth = 1): void {
    if (isFields(value) && !BRANCH_KEYS.some((key) => Object.hasOwn(value, key))) {
      this.refuse(pointer, 'no-root', SAYS.noRoot);
    }
    this.node(value, pointer, depth);
  }

  private node(value: unknown, pointer: string, depth: number): void {
    this.count += 1;
    if (this.count === MAX_CONDITIONS + 1)
      this.refuse(pointer, 'too-many-conditions', SAYS.tooManyConditions(MAX_CONDITIONS));
    if (this.count > MAX_CONDITIONS) return;
    if (depth > MAX_DEPTH) return this.refuse(pointer, 'too-deep', SAYS.tooDeep(MAX_DEPTH));
    if (!isFields(value)) return this.refuse(pointer, 'not-a-condition', SAYS.notACondition);
    const branches = BRANCH_KEYS.filter((key) => Object.hasOwn(value, key));
    const branch = branches[0];
    if (branch === undefined) return this.leaf(value, pointer, depth);
    if (branches.length > 1) return this.refuse(pointer, 'ambiguous', SAYS.ambiguous(branches));
    this.keys(value, [branch, ...DESCRIBING_KEYS, 'condition'], pointer);
    if (value['condition'] !== undefined && !ConditionRef.safeParse(value['condition']).success)
      this.refuse(`${pointer}/condition`, 'invalid-field', SAYS.conditionRef);
    this.described(value, pointer);
    const below = value[branch];
    if (branch === 'not') return this.node(below, `${pointer}/not`, depth + 1);
    if (!Array.isArray(below)) return this.refuse(`${pointer}/${branch}`, 'not-a-list', SAYS.notAList(branch));
    below.forEach((child: unknown, i) => this.node(child, `${pointer}/${branch}/${i}`, depth + 1));
  }

  private keys(value: Fields, known: readonly string[], pointer: string, near = [...known, ...BRANCH_KEYS]): void {
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      this.refuse(`${pointer}${pointerOf([key])}`, 'unknown-field', unknownWord('field', key, near));
    }
  }

  private described({ name, priority }: Fields, pointer: string): void {
    if (name !== undefined && typeof name !== 'string') this.refuse(`${pointer}/name`, 'invalid-field', SAYS.name);
    if (priority !== undefined && !(Number.isSafeInteger(priority) && (priority as number) >= 1))
      this.refuse(`${pointer}/priority`, 'invalid-field', SAYS.priority);
  }

  private leaf(value: Fields, pointer: string, depth: number): void {
    this.keys(value, LEAF_KEYS, pointer);
    this.described(value, pointer);
    this.place(value, pointer);
    const operator = value['operator'];
    const known = this.operator(operator, `${pointer}/operator`);
    if (!Object.hasOwn(value, 'value')) {
      return this.refuse(`${pointer}/value`, 'missing-field', SAYS.noValue);
    }
    if (known && isElementOperator(splitOperator(operator as string).base)) return this.elements(value, pointer, depth);
    if (known && isChangeOperator(operator as string)) return this.change(value, pointer);
    if (known && isListOperator(operator as string)) return this.list(value['value'], operator as string, pointer);
    if (isFactReference(value['value'])) return this.reference(value['value'], `${pointer}/value`);
    if (!known) return;
    this.expected(value['value'], operator as string, `${pointer}/value`);
    this.patterns(value['value'], operator as string, `${pointer}/value`);
    this.timesAndPlaces(value['value'], operator as string, `${pointer}/value`);
  }

  /** A condition on the elements of a list. It asks no lists itself: their elements' number would be the product of lengths that events choose. */
  private elements({ operator, value }: Fields, pointer: string, depth: number): void {
    const name = operator as string;
    if (!isElementOperator(name))
      return this.refuse(`${pointer}/operator`, 'decorated', SAYS.decoratedElements(splitOperator(name).base));
    if (this.facts.includes(ELEMENT_FACT)) return this.refuse(`${pointer}/operator`, 'list-in-list', SAYS.listInList);
    const { facts } = this;
    this.facts = [...facts, ELEMENT_FACT];
    if (name === 'countElements') this.counted(value, `${pointer}/value`, depth);
    else this.root(value, `${pointer}/value`, depth + 1);
    this.facts = facts;
  }

  /** Which named list a comparison asks. */
  private list(value: unknown, operator: string, pointer: string): void {
    const { decorators, base } = splitOperator(operator);
    if (decorators.some((decorator) => !ONE_LIST_DECORATORS.includes(decorator)))
      this.refuse(`${pointer}/operator`, 'decorated', SAYS.decoratedList(base));
    if (!this.facts.includes(LIST_FACT)) return this.refuse(`${pointer}/operator`, 'no-lists', SAYS.noLists);
    if (!isFields(value)) return this.refuse(`${pointer}/value`, 'wrong-value', SAYS.needsListId(base));
    this.keys(value, LIST_KEYS, `${pointer}/value`, LIST_KEYS);
    if (!ListId.safeParse(value[LIST_FACT]).success)
      this.refuse(`${pointer}/value/list`, 'wrong-value', SAYS.needsListId(base));
  }

  /** What was before is kept of places of the event that are named outright. */
  private change(leaf: Fields, pointer: string): void {
    const { problems, place } = changeChecked(leaf, pointer, this.keepsBefore && !this.facts.includes(ELEMENT_FACT));
    this.problems.push(...problems);
    if (place === undefined) return;
    this.changing.add(`${this.typeInHand} ${place}`);
    if (this.changing.size === MAX_CHANGES + 1)
      this.refuse(pointer, 'too-many-changes', SAYS.tooManyChanges(MAX_CHANGES));
  }

  private counted(value: unknown, pointer: string, depth: number): void {
    if (!isFields(value) || !Object.hasOwn(value, 'that')) return this.refuse(pointer, 'wrong-value', SAYS.countShape);
    this.keys(value, COUNT_KEYS, pointer, COUNT_KEYS);
    const { that, atLeast, atMost } = value;
    for (const [key, number] of Object.entries({ atLeast, atMost })) {
      if (number !== undefined && !(Number.isInteger(number) && (number as number) >= 0))
        this.refuse(`${pointer}/${key}`, 'wrong-value', SAYS.countNumber);
    }
    if (atLeast === undefined && atMost === undefined) this.refuse(pointer, 'wrong-value', SAYS.countBounds);
    if (typeof atLeast === 'number' && typeof atMost === 'number' && atLeast > atMost)
      this.refuse(pointer, 'wrong-value', SAYS.countNone(atLeast, atMost));
    this.root(that, `${pointer}/that`, depth + 1);
  }

  reference(value: object, pointer: string): void {
    this.keys(value as Fields, ['fact', 'params', 'path'], pointer);
    this.place(value as Fields, pointer);
  }

  /** A fact and where in it. */
  private place({ fact, params, path }: Fields, pointer: string): void {
    this.fact(fact, `${pointer}/fact`);
    this.path(path, `${pointer}/path`);
    if (params !== undefined && !isFields(params))
      return this.refuse(`${pointer}/params`, 'invalid-field', SAYS.params);
    if (fact === FEATURE_FACT) this.feature(params ?? {}, `${pointer}/params`);
    if (isMemoryFact(fact) && this.facts.includes(fact)) this.memory(fact, params ?? {}, `${pointer}/params`);
    if (fact === LOOKUP_FACT) this.lookup(params ?? {}, `${pointer}/params`);
    if (fact === PERSON_FACT) this.problems.push(...personShape(params ?? {}, path, pointer));
  }

  /** Its key is known before anything else is: a literal, or a place of the event. */
  private lookup(params: Fields, pointer: string): void {
    this.keys(params, LOOKUP_KEYS, pointer, LOOKUP_KEYS);
    if (!LookupId.safeParse(params['id']).success) this.refuse(`${pointer}/id`, 'missing-field', SAYS.noLookup);
    const { key } = params;
    if (isFactReference(key)) {
      if (key.fact === 'event') this.reference(key, `${pointer}/key`);
      else this.refuse(`${pointer}/key/fact`, 'wrong-value', SAYS.lookupKey);
    } else if (!/^(?:string|number|boolean)$/u.test(typeof key) || key === '')
      this.refuse(`${pointer}/key`, 'missing-field', SAYS.lookupKey);
  }

  /** What a fact remembers, with the conditions on events in it: they ask for the event, for named lists, and for what was before. */
  private memory(fact: MemoryFact, params: Fields, pointer: string): void {
    this.problems.push(...memoryProblems(fact, params, pointer));
    const { facts } = this;
    this.facts = facts.includes(LIST_FACT) ? ['event', LIST_FACT] : ['event'];
    for (const { pattern, pointer: at } of eachPattern(fact, params)) {
      this.typeInHand = String(pattern.type);
      if (pattern.that !== undefined) this.node(pattern.that, `${pointer}${at}/that`, 2);
    }
    this.typeInHand = '';
    this.facts = facts;
  }

  private feature(params: Fields, pointer: string): void {
    this.keys(params, [...FEATURE_KEYS, ...RATIO_KEYS], pointer, FEATURE_KEYS);
    this.versionOf(params, pointer);
    // Written into the rule when it was saved, and overwritten when it is saved again.
    const parts = RATIO_KEYS.filter((key) => Object.hasOwn(params, key));
    if (parts.length === 1) this.refuse(pointer, 'invalid-field', SAYS.ratio);
    for (const key of parts) {
      const part = params[key];
      if (isFields(part) && part['version'] !== undefined) this.versionOf(part, `${pointer}/${key}`);
      else this.refuse(`${pointer}/${key}`, 'invalid-field', SAYS.ratio);
    }
  }

  private versionOf(params: Fields, pointer: string): void {
    const id = FeatureId.safeParse(params['id']);
    if (!id.success) this.refuse(`${pointer}/id`, 'missing-field', SAYS.noFeature);
    const { version } = params;
    if (version !== undefined && !(Number.isSafeInteger(version) && (version as number) >= 1))
      this.refuse(`${pointer}/version`, 'invalid-field', SAYS.version);
  }

  private fact(fact: unknown, pointer: string): void {
    if (typeof fact !== 'string') return this.refuse(pointer, 'missing-field', SAYS.noFact(this.facts));
    if (fact === LIST_FACT) return this.refuse(pointer, 'unfit-fact', SAYS.listFact);
    if (!this.facts.includes(fact)) this.refuse(pointer, 'unknown-fact', unknownWord('fact', fact, this.facts));
  }

  private path(path: unknown, pointer: string): void {
    if (path === undefined) return;
    const problem = typeof path === 'string' ? pathProblem(path) : SAYS.noPath;
    if (problem !== undefined) this.refuse(pointer, 'invalid-path', problem);
  }

  private operator(operator: unknown, pointer: string): boolean {
    if (typeof operator !== 'string') {
      this.refuse(pointer, 'missing-field', SAYS.noOperator(OPERATOR_NAMES));
      return false;
    }
    if (operatorOf(operator) !== undefined && operator.length <= 200) return true;
    const { decorators, base } = splitOperator(operator);
    const stranger = decorators.find((decorator) => !DECORATOR_NAMES.includes(decorator));
    const text =
      stranger === undefined
        ? unknownWord('operator', base, OPERATOR_NAMES)
        : unknownWord('decorator', stranger, DECORATOR_NAMES);
    this.refuse(pointer, 'unknown-operator', text);
    return false;
  }

  /** Patterns that could never be used, under decorators too; `swap` takes them from the event. */
  private patterns(value: unknown, operator: string, pointer: string): void {
    const { decorators, base } = splitOperator(operator);
    if (base !== 'matches' || decorators.includes('swap')) return;
    for (const pattern of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (typeof pattern !== 'string') continue;
      this.patternCount += 1;
      if (this.patternCount > MAX_PATTERNS)
        return this.refuse(pointer, 'too-many-patterns', SAYS.tooManyPatterns(MAX_PATTERNS));
      const problem = patternProblem(pattern);
      if (problem !== undefined) this.refuse(pointer, 'invalid-pattern', problem);
    }
  }

  /** Dates, spans, schedules and places that say nothing, under decorators too. */
  private timesAndPlaces(value: unknown, operator: string, pointer: string): void {
    const { decorators, base } = splitOperator(operator);
    const isTime = Object.hasOwn(TIME_OPERATORS, base);
    if (!isTime && !Object.hasOwn(GEO_OPERATORS, base)) return;
    if (decorators.includes('swap')) return this.refuse(pointer, 'decorated', SAYS.noSwap(base));
    for (const one of literalsOf(operator, value)) {
      const isPlace = (of: unknown): boolean => isNearness(operator) && isFactReference(of);
      const problem = (isTime ? timeValueProblem : geoValueProblem)(base, one, isPlace);
      if (problem !== undefined) this.refuse(pointer, 'wrong-value', problem);
      else if (isRelative(one) && isPlace(one.of)) this.reference(one.of as object, `${pointer}/of`);
    }
  }

  /** Literal values with which an undecorated operator could never hold, or never decide. */
  private expected(value: unknown, operator: string, pointer: string): void {
    const structured = typeof value === 'object' && value !== null;
    const refuse = (text: Bilingual): void => this.refuse(pointer, 'wrong-value', text);
    if (operator === 'in' || operator === 'notIn') {
      if (!Array.isArray(value) && typeof value !== 'string') refuse(SAYS.needsList(operator));
    } else if (/^(?:equal|notEqual|contains|doesNotContain)$/u.test(operator)) {
      if (structured) refuse(SAYS.needsOneValue(operator));
    } else if ((TEXT_OPERATORS as readonly string[]).includes(operator)) {
      if (typeof value !== 'string') refuse(SAYS.needsText(operator));
    } else if (isOrder(operator) && typeof value !== 'number' && typeof value !== 'string') {
      refuse(SAYS.needsNumber(operator));
    }
  }
}

/**
 * Checks a condition by itself: everything that is wrong with it. One that passes compiles, and its evaluation never throws.
 *
 * @param facts - that it may name
 */
export function checkCondition(
  input: unknown,
  pointer: string,
  language: Language = 'en',
  facts: readonly string[] = FACT_NAMES,
): readonly RuleProblem[] {
  const check = new ConditionCheck(facts);
  check.root(input, pointer);
  return inLanguage(check.problems, language);
}

/** What is wrong with the path of a rule's key, beyond what the schema says. */
function keyProblems(key: unknown): readonly Finding[] {
  const path = isFields(key) ? key['path'] : undefined;
  const text = typeof path === 'string' && path.startsWith('$') ? pathProblem(path) : undefined;
  return text === undefined ? [] : [{ pointer: '/key/path', code: 'invalid-path', text }];
}

/** What is wrong with a place of a fact that an action reads. */
function placeFindings(place: object, pointer: string): readonly Finding[] {
  const check = new ConditionCheck(ACTION_FACTS);
  check.reference(place, pointer);
  return check.problems;
}

/**
 * Checks what a person wrote, and says everything that is wrong with it in one answer. A rule that passes compiles, and its
 * evaluation never throws.
 */
export function checkRule(input: unknown, language: Language = 'en'): CheckedRule {
  const refused = (code: string, text: Bilingual): CheckedRule => ({
    kind: 'rejected',
    problems: inLanguage([{ pointer: '', code, text }], language),
  });
  if (!isFields(input)) return refused('not-a-rule', SAYS.notARule);
  if (JSON.stringify(input).length > MAX_RULE_LENGTH) return refused('too-long', SAYS.tooLong(MAX_RULE_LENGTH));
  const written = { ...input, conditions: withListFactsTurned(input['conditions'], MAX_DEPTH) };
  const inWords = language === 'zh' ? { error: z.locales.zhCN().localeError } : undefined;
  const frame = Frame.safeParse(input, inWords);
  const problems = [
    ...(frame.success ? [] : frameProblems(frame.error, DRAFT_KEYS, KEYS_BELOW, language)),
    ...checkCondition(written.conditions, '/conditions', language),
    ...inLanguage(keyProblems(input['key']), language),
    ...inLanguage(runTimesFindings(input['schedule'], '/schedule'), language),
    ...inLanguage(actionFindings(input['actions'], placeFindings), language),
  ];
  if (!frame.success || problems.length > 0) return { kind: 'rejected', problems };
  // What has passed is read by this schema from Kafka, and compiled: a rule that could not be would hold up all changes behind it.
  const draft = RuleDraft.safeParse(written, inWords);
  if (!draft.success)
    return { kind: 'rejected', problems: frameProblems(draft.error, DRAFT_KEYS, undefined, language) };
  return { kind: 'ok', draft: draft.data };
}
