import type { Decision, DecisionFinding, TraceEntry } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import type { FeatureValue } from '@hermes/contracts/profile';
import type { GivenPerson, PersonSeen } from '@hermes/contracts/person';
import type { EarlierEvent, Rule, TimeSpan } from '@hermes/contracts/rule';
import type { ResolvedAction } from '@hermes/contracts/rule-action';
import { givenPrevious, PREVIOUS_FACT } from './change-operators.ts';
import { compileCondition } from './condition.ts';
import { decisionId } from './decision-id.ts';
import type { Facts } from './fact-reads.ts';
import { featureIn, type FeatureLookup, givenFeatures } from './feature-fact.ts';
import { emptyLists, type ListLookup } from './list-operators.ts';
import { listsNamed } from './lists-named.ts';
import { dryStory } from './memory/dry-story.ts';
import { memoriesNamed } from './memory/memories-named.ts';
import type { MemoryLookup } from './memory/memory-fact.ts';
import { MemorySet } from './memory/memory-set.ts';
import { givenLookups, keyReader, type Lookups } from './lookup-fact.ts';
import { lookupsNamed } from './lookups-named.ts';
import { givenPerson, type PersonLookup, personName } from './person-fact.ts';
import { personsNamed } from './persons-named.ts';
import { featuresAskedBy } from './features-of-rule.ts';
import { resolveActions } from './resolve-actions.ts';
import { byPriorityThenId, type RuleIndex } from './rule-index.ts';
import { cutValue } from './trace-value.ts';
import { FALSE, TRUE, type Verdict } from './verdict.ts';

/** The way's instants, ISO 8601; they go into decisions and decide nothing. */
export interface DecisionInstants {
  readonly acceptedAt: string;
  readonly decidedAt: string;
  /** Where time decided and not the event: when that was due, and the id of the fact with a memory that had waited. */
  readonly decidedByTime?: { readonly dueAt: string; readonly memory: string };
}

/** What rules look at. */
export interface EventFacts {
  readonly event: HermesEvent;
  /** Of its subject and of other keys. Without them a rule that asks for one sees none. */
  readonly feature?: FeatureLookup;
  /** The project's named lists. Without them what asks one cannot be decided. */
  readonly list?: ListLookup | undefined;
  /** What the facts with a memory are. Without it none of them holds. */
  readonly memory?: MemoryLookup;
  /** What was looked up for the event. Without them nothing was. */
  readonly lookup?: Lookups;
  /** What was last told of the subject. Without it nothing was. */
  readonly person?: PersonLookup;
}

/** A rule that could not say yes or no on this event: json-rules-engine would have thrown. */
export interface UndecidedRule {
  readonly ruleId: string;
  readonly ruleVersion: number;
}

export interface Decided {
  readonly evaluated: number;
  /** In the rules' order of priority. */
  readonly decisions: readonly Decision[];
  readonly undecided: readonly UndecidedRule[];
}

/**
 * Asked instead of the compiled rules: what each of these says of the facts, in turn; undefined where the compiled rule is to be asked.
 */
export type Evaluator = (rules: readonly Rule[], facts: EventFacts) => readonly (Verdict | undefined)[];

function decisionOf(rule: Rule, facts: EventFacts, trace: TraceEntry[], instants: DecisionInstants): Decision {
  const { event } = facts;
  const features = featuresSeen(rule, facts.feature);
  const lists = listsSeen(rule, facts.list);
  const findings = findingsSeen(rule, facts.memory);
  const lookups = lookupsSeen(rule, facts);
  const person = personSeen(rule, facts.person);
  const actions = resolveActions(rule, facts);
  return {
    id: decisionId({
      project: event.project,
      ruleId: rule.id,
      ruleVersion: rule.version,
      eventSource: event.source,
      eventId: event.id,
      ...(instants.decidedByTime === undefined ? {} : { waitedFor: instants.decidedByTime.memory }),
    }),
    project: event.project,
    ruleId: rule.id,
    ruleName: rule.name,
    ruleVersion: rule.version,
    severity: rule.severity,
    alert: rule.alert && rule.shadow !== true,
    ...(rule.shadow === true ? { shadow: true } : {}),
    outcome: rule.event,
    subject: event.subject,
    event: { id: event.id, source: event.source, type: event.type, time: event.time, data: event.data },
    trace,
    ...(features === undefined ? {} : { features }),
    ...(lists === undefined ? {} : { lists }),
    ...(lookups === undefined ? {} : { lookups }),
    ...(person === undefined ? {} : { person }),
    ...(actions === undefined ? {} : { actions: [...actions] }),
    ...(actions?.some(({ kind }) => kind === 'hold') === true ? { held: true } : {}),
    ...(findings.length === 0 ? {} : { findings: [...findings] }),
    receivedAt: instants.decidedByTime?.dueAt ?? event.receivedat,
    acceptedAt: instants.acceptedAt,
    decidedAt: instants.decidedAt,
  };
}

/** The features that the rule asks for, all of them: the trace holds those that it came to. */
function featuresSeen(rule: Rule, feature: FeatureLookup | undefined): Decision['features'] {
  if (feature === undefined) return undefined;
  const seen: Record<string, FeatureValue> = {};
  for (const one of featuresAskedBy(rule)) {
    const value = featureIn(feature, one);
    // A list may be as long as events make it, and ten of them longer than a record may be.
    if (value !== undefined) seen[one.id] = { ...value, value: cutValue(value.value) };
  }
  return Object.keys(seen).length === 0 ? undefined : seen;
}

/** What had been told of the person that the rule asks for, all of it. */
function personSeen(rule: Rule, person: PersonLookup | undefined): PersonSeen[] | undefined {
  if (person === undefined) return undefined;
  const seen = personsNamed(rule.conditions).flatMap((ref): PersonSeen[] => {
    const told = person(personName(ref));
    return told === undefined ? [] : [{ [ref.kind]: ref.id, ...told, value: cutValue(told.value) }];
  });
  return seen.length === 0 ? undefined : seen;
}

/** Revisions of the named lists that the rule asks. */
function listsSeen(rule: Rule, list: ListLookup | undefined): Decision['lists'] {
  const seen = listsNamed(rule.conditions).flatMap((id) => {
    const view = list?.(id);
    return view === undefined ? [] : [[id, view.revision] as const];
  });
  return seen.length === 0 ? undefined : Object.fromEntries(seen);
}

/** What checks on a broker's day found that the rule asks for. */
function findingsSeen(rule: Rule, memory: MemoryLookup | undefined): readonly DecisionFinding[] {
  if (memory === undefined) return NO_FINDINGS;
  return memoriesNamed(rule.conditions).flatMap(({ id }) => memory(id)?.findings ?? NO_FINDINGS);
}
const NO_FINDINGS: readonly DecisionFinding[] = [];

/** The facts by their names. */
const namedFacts = (facts: EventFacts): Facts => {
  const { memory } = facts;
  return memory === undefined ? { ...facts } : { ...facts, sequence: memory, absence: memory, itinerary: memory };
};
/** What was looked up for the rule, all of it. */
function lookupsSeen(rule: Rule, { event, lookup }: EventFacts): Decision['lookups'] {
  if (lookup === undefined) return undefined;
  const seen = lookupsNamed(rule).flatMap((ref) => {
    const key = keyReader(ref)(event);
    const answer = key === undefined ? undefined : lookup(ref.id, key);
    return key === undefined || answer === undefined
      ? []
      : [{ id: ref.id, key, ...answer, value: cutValue(answer.value) }];
  });
  return seen.length === 0 ? undefined : seen;
}

/**
 * What a project's rules say about one event. Only a rule that fires pays for its trace.
 *
 * @param only - these of them, whatever types of events they look at
 * @param evaluator - says it, other than the index; traces are the index's all the same
 */
export function decide(
  index: RuleIndex,
  facts: EventFacts,
  instants: DecisionInstants,
  only?: readonly Rule[],
  evaluator?: Evaluator,
): Decided {
  const { event } = facts;
  const decisions: Decision[] = [];
  const undecided: UndecidedRule[] = [];
  const tell = (rule: Rule, verdict: Verdict): void => {
    if (verdict === TRUE) decisions.push(decisionOf(rule, facts, index.explain(rule), instants));
    else undecided.push({ ruleId: rule.id, ruleVersion: rule.version });
  };
  if (evaluator !== undefined) evaluateBy(evaluator, index, only ?? index.rulesOf(event.type), facts, tell);
  else if (only === undefined) index.evaluate(event.type, namedFacts(facts), tell);
  else index.evaluateOnly(only, namedFacts(facts), tell);
  return { evaluated: only?.length ?? index.interested(event.type), decisions, undecided };
}

/** As the index's own `evaluateOnly`. */
function evaluateBy(
  evaluator: Evaluator,
  index: RuleIndex,
  rules: readonly Rule[],
  facts: EventFacts,
  tell: (rule: Rule, verdict: Verdict) => void,
): void {
  const said = new Map(evaluator(rules, facts).map((verdict, i) => [rules[i]!, verdict]));
  // Without any as well: what explains decisions has to look at the facts.
  const compiled = rules.filter((rule) => said.get(rule) === undefined);
  index.evaluateOnly(compiled, namedFacts(facts), (rule, verdict) => said.set(rule, verdict));
  for (const rule of rules.toSorted(byPriorityThenId)) {
    const verdict = said.get(rule) ?? FALSE;
    if (verdict !== FALSE) tell(rule, verdict);
  }
}

/** How one rule sees one event. */
export interface DryRun {
  /** False when the rule does not look at events of this type; the conditions are evaluated all the same. */
  readonly interested: boolean;
  readonly outcome: 'fires' | 'does-not-fire' | 'undecidable';
  readonly trace: readonly TraceEntry[];
  /** What it would do besides its alert; absent where it does not fire, or has nothing to do. */
  readonly actions?: readonly ResolvedAction[];
}

const OUTCOMES: Readonly<Record<Verdict, DryRun['outcome']>> = { 0: 'does-not-fire', 1: 'fires', 2: 'undecidable' };

/** What else than the event a rule is told of. */
export interface GivenFacts {
  /** What features of the subject are; by id. */
  readonly features?: Readonly<Record<string, unknown>> | undefined;
  /** What lookups answer, whatever the key; by id. */
  readonly lookups?: Readonly<Record<string, unknown>> | undefined;
  /** What is known of the person. */
  readonly person?: GivenPerson | undefined;
  /** Without it every list is empty. */
  readonly list?: ListLookup | undefined;
  /** What stood at paths in the event before; without it there was none. */
  readonly previous?: Readonly<Record<string, unknown>> | undefined;
  /** What came before the event, for facts with a memory. */
  readonly earlier?: readonly EarlierEvent[] | undefined;
  /** So much time passes after the event. */
  readonly waits?: TimeSpan | undefined;
}

/** An event of a dry run: what nobody looks at may be missing. */
export type DryRunEvent = Pick<HermesEvent, 'type' | 'data'> & {
  readonly subject?: string | undefined;
  readonly time?: string | undefined;
};

/** Says how a rule sees an event, what came before it, and features of its subject. */
export type DryRunner = (event: DryRunEvent, given?: GivenFacts) => DryRun;

/** For one rule on many events, one after another; what it is compiled to is shared by all. */
export function dryRunner({ conditions, eventTypes, key }: Pick<Rule, 'conditions' | 'eventTypes' | 'key'>): DryRunner {
  const compiled = compileCondition(conditions);
  const memories = memoriesNamed(conditions).length === 0 ? undefined : new MemorySet([{ conditions }]);
  const explained = (facts: Facts, interested: boolean): DryRun => {
    const trace: TraceEntry[] = [];
    return { interested, outcome: OUTCOMES[compiled.explain(facts, trace)], trace };
  };
  return (
    event,
    { features = {}, lookups = {}, person = {}, list = emptyLists, previous = {}, earlier = [], waits } = {},
  ) => {
    const given = {
      feature: givenFeatures(features),
      lookup: givenLookups(lookups),
      person: givenPerson(person),
      list,
      [PREVIOUS_FACT]: givenPrevious(previous),
    };
    const interested = eventTypes.includes(event.type);
    if (memories === undefined) return explained({ event, ...given }, interested);
    const story = dryStory(memories, { event, earlier, waits, key, list }, eventTypes[0]!);
    const first = explained(
      { ...namedFacts({ event: story.event, ...given, memory: story.memory }), event },
      interested,
    );
    if (interested && first.outcome === 'fires') return first;
    const later = story.decided.map(({ event: waited, memory }) =>
      explained(namedFacts({ event: waited, ...given, memory }), true),
    );
    return later.find(({ outcome }) => outcome === 'fires') ?? later.at(-1) ?? first;
  };
}

/** Evaluates one rule on one event, and what else is given, with its trace and what it would do; and does nothing else. */
export function dryRun(
  rule: Pick<Rule, 'conditions' | 'eventTypes' | 'key' | 'actions' | 'shadow'>,
  event: DryRunEvent,
  given: GivenFacts = {},
): DryRun {
  const run = dryRunner(rule)(event, given);
  if (run.outcome !== 'fires') return run;
  const actions = resolveActions(rule, {
    event,
    feature: givenFeatures(given.features ?? {}),
    lookup: givenLookups(given.lookups ?? {}),
  });
  return actions === undefined ? run : { ...run, actions };
}
