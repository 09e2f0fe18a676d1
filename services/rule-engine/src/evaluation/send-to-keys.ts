import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import type { HermesEvent } from '@hermes/contracts/event';
import type { RuleKeyValues } from '@hermes/contracts/rule-keys';
import type { StepContext } from '@hermes/stream-runtime/logic';
import type { PersonLookup } from '@hermes/rules/person-fact';
import { personValues } from '../persons/person-values.ts';
import type { EvaluationState } from './evaluation-state.ts';
import { valuesAt } from './feature-values.ts';
import { ruleKeyMessage } from './rule-key-records.ts';
import type { RuleSet } from './rule-set.ts';

interface Sending {
  readonly slots: number[];
  readonly values: RuleKeyValues;
}

/**
 * Sends the event to each other key at which it counts in features of rules, or at which rules ask for these or are asked: once to each, however many.
 * All of them straight from here, so that the events of a subject are counted at a key in their order. The subject's own features go along, and what is known of the person.
 */
export function sendToKeys(
  record: KafkaRecord,
  event: HermesEvent,
  receivedAtMs: number,
  context: StepContext<EvaluationState, RuleSet>,
  person?: PersonLookup,
): void {
  const { definitions } = context;
  const sendings = new Map<string, Sending>();
  const to = (key: string): Sending => {
    let sending = sendings.get(key);
    if (sending === undefined) sendings.set(key, (sending = { slots: [], values: {} }));
    return sending;
  };
  for (const feature of definitions.features.keyed(event.type)) {
    const key = feature.passes(event) ? feature.keyIn?.(event) : undefined;
    if (key !== undefined) to(key).slots.push(feature.slot);
  }
  const told = person === undefined ? {} : personValues(definitions.personsAskedBy(event.type), person);
  for (const { key, ofSubject, gathers } of definitions.routed(event)) {
    // Through one of the keys that are asked for features, if there are any: where the rules are, they come together.
    const { values } = to(gathers[0]?.key ?? key);
    Object.assign(values, valuesAt(ofSubject, context, event.subject, receivedAtMs), told);
    for (const gather of gathers) to(gather.key);
  }
  const place = `${context.partition}/${record.offset}`;
  for (const [key, { slots, values }] of sendings)
    context.emit(
      ruleKeyMessage(context.project, record, {
        key,
        slots,
        values,
        set: context.definitionsVersion,
        place,
        from: undefined,
      }),
    );
}
