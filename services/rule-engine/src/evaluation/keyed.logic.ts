import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import type { HermesEvent } from '@hermes/contracts/event';
import type { RuleKeyValues } from '@hermes/contracts/rule-keys';
import { countInGroup } from '@hermes/feature-counting/count-event';
import { eventOfRecord } from '@hermes/feature-counting/event-of-record';
import { groupKey } from '@hermes/feature-counting/state-of-subject';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import { type Stamp, stampOf } from '@hermes/profiles/features/see-event';
import type { Evaluator } from '@hermes/rules/decide';
import type { ListLookup } from '@hermes/rules/list-operators';
import type { PartitionLogic, StepContext, StepView } from '@hermes/stream-runtime/logic';
import { decideAtKey, decidingKeys } from './decide-at-key.ts';
import { decideByTime, decidingKeysOfTimer } from './decide-by-time.ts';
import type { EvaluationObserver } from './evaluation.logic.ts';
import type { EvaluationState } from './evaluation-state.ts';
import { gatheredFeatures, valuesAt, withKey } from './feature-values.ts';
import { GATHERED_KEPT_MS, gatheredKey, GatheredValues } from './gathered-values.ts';
import { lookedUp, questionsAbout } from './looked-up.ts';
import { broughtPerson } from '../persons/person-values.ts';
import { type RuleKeyHeaders, ruleKeyHeaders, ruleKeyMessage, valuesBrought } from './rule-key-records.ts';
import type { RoutedEvent } from './rule-route.ts';
import type { RuleSet } from './rule-set.ts';

type Context = StepContext<EvaluationState, RuleSet>;

/** One event at a key. */
interface AtThisKey {
  readonly record: KafkaRecord;
  readonly headers: RuleKeyHeaders;
  readonly event: HermesEvent;
  readonly stamp: Stamp;
  readonly context: Context;
  readonly observer: EvaluationObserver;
  readonly list: ListLookup | undefined;
  readonly evaluator: Evaluator | undefined;
  /** What came with it. */
  readonly brought: RuleKeyValues;
}

/**
 * `<project>.rule-keys` -> features of other keys than the subject, and the decisions of rules that go by such a key or ask for such features. An event
 * counts here first, for the slots on whose behalf it was sent; then the features that its rules ask for are taken to where these are asked, which may be here. It is
 * decided by the rules that were in force where it came in, so that no change of rules leaves an event out that is on its way. Pure.
 *
 * @param list - looks named lists up as they are now
 * @param evaluator - asked instead of the compiled rules, but of those that time decides: they ask for facts with a memory
 */
export function keyedLogic(
  observer: EvaluationObserver,
  list?: ListLookup,
  evaluator?: Evaluator,
): PartitionLogic<EvaluationState, RuleSet> {
  return {
    definitionsNeededBy: (record) => ruleKeyHeaders(record).set,

    keysOf(record, view) {
      const headers = ruleKeyHeaders(record);
      const { key, type, place, from } = headers;
      const keys = new Set<string>();
      for (const { group } of counted(headers, view.definitions)) keys.add(groupKey(key, group));
      for (const route of sentBy(headers, view).routesOf(type)) {
        if (from === undefined) for (const group of route.groupsAt(type, key)) keys.add(groupKey(key, group));
        if (!route.mayEndAt(key)) continue;
        if (route.gathersMany(type)) keys.add(gatheredKey(place, route.id));
        for (const one of decidingKeys(route, type, key)) keys.add(one);
      }
      return [...keys];
    },

    questionsOf(record, view) {
      const headers = ruleKeyHeaders(record);
      const rules = sentBy(headers, view);
      if (!rules.routesOf(headers.type).some(({ questions }) => questions.askOf(headers.type))) return [];
      const read = eventOfRecord(record, view.project);
      if (read.kind === 'dead') return [];
      return rules
        .routed(read.event)
        .flatMap(({ route, key }) => (key === headers.key ? questionsAbout(route, read.event) : []));
    },

    keysOfTimer: decidingKeysOfTimer,
    onTimer: (timer, context) => decideByTime(timer, context, observer, list),

    onRecord(record, context) {
      const read = eventOfRecord(record, context.project);
      if (read.kind === 'dead') return context.deadLetter(read.why);
      const brought = valuesBrought(record);
      if (brought === undefined)
        return context.deadLetter({ code: 'wrong-header', reason: 'the values that it brings are none' });
      const { event } = read;
      const headers = ruleKeyHeaders(record);
      const at: AtThisKey = {
        record,
        headers,
        event,
        stamp: stampOf(event),
        context,
        observer,
        list,
        evaluator,
        brought,
      };
      const routed = sentBy(headers, context).routed(event);
      if (headers.from === undefined) fromSubject(at, routed);
      else {
        for (const way of routed)
          if (way.key === headers.key && way.gathers.some(({ key }) => key === headers.from))
            arrive(at, way, headers.from, brought);
      }
    },
  };
}

/** The rules that were in force where the event came in; where these are kept no more, those that are now. */
const sentBy = ({ set }: RuleKeyHeaders, view: StepView<RuleSet>): RuleSet =>
  view.definitionsOf(set) ?? view.definitions;

/** Features in which the event counts at the key. */
function counted(
  { slots, type }: RuleKeyHeaders,
  { features }: RuleSet,
): readonly { readonly group: string; readonly features: readonly CompiledFeature[] }[] {
  if (slots.length === 0) return [];
  return features
    .keyedByGroup(type)
    .map((one) => ({ group: one.group, features: one.features.filter(({ slot }) => slots.includes(slot)) }))
    .filter((one) => one.features.length > 0);
}

function count({ record, headers, event, stamp, context, observer }: AtThisKey): void {
  const counting = {
    context,
    set: context.definitions.features,
    observer,
    subject: headers.key,
    event,
    stamp,
    arrival: record.offset,
  };
  for (const { group, features } of counted(headers, context.definitions))
    countInGroup(
      counting,
      group,
      features.filter(({ keyIn }) => keyIn?.(event) === headers.key),
      false,
    );
}

/** Counts the event, asks the rules that need no other key, and takes features to where other rules are asked. */
function fromSubject(at: AtThisKey, routed: readonly RoutedEvent[]): void {
  const { record, headers, stamp, context, brought } = at;
  const { key } = headers;
  count(at);
  const onward = new Map<string, RuleKeyValues>();
  for (const way of routed) {
    const here = way.gathers.findIndex((gather) => gather.key === key);
    if (here < 0) {
      if (way.gathers.length === 0 && way.key === key) arrive(at, way, key, brought);
      continue;
    }
    // What is known of the subject goes through the first of the keys alone.
    const values = {
      ...(here === 0 ? brought : {}),
      ...withKey(valuesAt(way.gathers[here]!.features, context, key, stamp.receivedAtMs), key),
    };
    if (way.key === key) arrive(at, way, key, values);
    else onward.set(way.key, { ...onward.get(way.key), ...values });
  }
  const { set, place } = headers;
  for (const [to, values] of onward)
    context.emit(ruleKeyMessage(context.project, record, { key: to, set, place, slots: [], values, from: key }));
}

/** Values from one of the keys have come to where the rules are asked: with the last of them they are. */
function arrive(at: AtThisKey, { route, key, gathers }: RoutedEvent, from: string, values: RuleKeyValues): void {
  const { record, headers, event, context, observer, list, evaluator } = at;
  let all = values;
  if (gathers.length > 1) {
    const stateKey = gatheredKey(headers.place, route.id);
    const gathered = (context.get(stateKey) as GatheredValues | undefined) ?? new GatheredValues();
    gathered.add(from, values);
    if (gathered.size < gathers.length) return context.set(stateKey, gathered, { ttlMs: GATHERED_KEPT_MS });
    context.delete(stateKey);
    all = gathered.all();
  }
  const facts = {
    event,
    feature: gatheredFeatures(all),
    lookup: lookedUp(context.definitions, context),
    person: broughtPerson(all),
    list,
  };
  decideAtKey({ context, observer, rules: route, key, record, facts, evaluator });
}
