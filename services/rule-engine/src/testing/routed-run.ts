import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { Decision } from '@hermes/contracts/decision';
import { EVENT_HEADERS, type HermesEvent } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import { ruleKeysTopic } from '@hermes/contracts/topics';
import type { DeadLetterReason, OutputMessage, PartitionLogic, StepContext } from '@hermes/stream-runtime/logic';
import { evaluationLogic, type EvaluationObserver } from '../evaluation/evaluation.logic.ts';
import { evaluationCodec, type EvaluationState } from '../evaluation/evaluation-state.ts';
import { keyedLogic } from '../evaluation/keyed.logic.ts';
import type { RuleSet } from '../evaluation/rule-set.ts';
import { NOBODY } from './logic-run.ts';

/** One partition of one processor: state goes through its bytes, and only announced keys are touched. */
interface Place {
  readonly logic: PartitionLogic<EvaluationState, RuleSet>;
  readonly partition: number;
  readonly stored: Map<string, Buffer>;
  offset: number;
}

/** Records that one partition has sent to another, in their order. */
interface Channel {
  readonly to: Place;
  readonly records: KafkaRecord[];
}

/**
 * Both processors on all partitions, without Kafka between them: what a partition sends to another comes there in its order, and of what comes from
 * several the caller chooses.
 */
export class RoutedRun {
  readonly decisions: Decision[] = [];
  readonly dead: string[] = [];
  /** Records of `<project>.rule-keys`. */
  sent = 0;
  private readonly sets: RuleSet[] = [];
  private readonly subjects: readonly Place[];
  private readonly keys: readonly Place[];
  private readonly channels = new Map<string, Channel>();

  constructor(set: RuleSet, partitions: number, observer: Partial<EvaluationObserver> = {}) {
    this.publish(set);
    const placesOf = (logic: Place['logic']): readonly Place[] =>
      Array.from({ length: partitions }, (_, partition) => ({ logic, partition, stored: new Map(), offset: 0 }));
    this.subjects = placesOf(evaluationLogic({ ...NOBODY, ...observer }));
    this.keys = placesOf(keyedLogic({ ...NOBODY, ...observer }));
  }

  /** Puts a set in force, everywhere and at once. */
  publish(set: RuleSet): void {
    this.sets.push(set);
  }

  /** Evaluates the event where it comes in. */
  take(event: HermesEvent): void {
    const headers = { [EVENT_HEADERS.type]: Buffer.from(event.type) };
    const key = Buffer.from(event.subject);
    this.run(this.placeOf(this.subjects, event.subject), {
      topic: `${event.project}.events`,
      key,
      value: Buffer.from(JSON.stringify(event)),
      headers,
      timestampMs: Date.parse(event.receivedat),
    });
  }

  /** From how many places records are on their way. */
  get waiting(): number {
    return this.channels.size;
  }

  /** Evaluates the next record of one of these. */
  deliver(from = 0): void {
    const [name, { to, records }] = [...this.channels][from % this.channels.size]!;
    this.run(to, records.shift()!);
    if (records.length === 0) this.channels.delete(name);
  }

  /** Evaluates an event, and all that comes of it; answers its decisions. */
  decide(event: HermesEvent): readonly Decision[] {
    const before = this.decisions.length;
    this.take(event);
    this.settle();
    return this.decisions.slice(before);
  }

  settle(): void {
    while (this.waiting > 0) this.deliver();
  }

  /** State keys of the partitions of other keys. */
  keysStored(): readonly string[] {
    return this.keys.flatMap(({ stored }) => [...stored.keys()]);
  }

  private placeOf(places: readonly Place[], key: string): Place {
    return places[partitionOf(key, places.length)]!;
  }

  private run(place: Place, sent: Omit<KafkaRecord, 'partition' | 'offset'>): void {
    const record: KafkaRecord = { ...sent, partition: place.partition, offset: place.offset++ };
    const announced = new Set<string>();
    const context = this.contextOf(place, announced);
    for (const key of place.logic.keysOf(record, context)) announced.add(key);
    place.logic.onRecord(record, context);
  }

  private contextOf(place: Place, announced: ReadonlySet<string>): StepContext<EvaluationState, RuleSet> {
    const { stored, partition } = place;
    const known = (key: string): string => {
      if (!announced.has(key)) throw new Error(`"${key}" was not announced`);
      return key;
    };
    return {
      project: 'demo',
      partition,
      partitions: this.subjects.length,
      definitions: this.sets.at(-1)!,
      definitionsVersion: this.sets.length,
      definitionsOf: (number: number) => this.sets[number - 1],
      wallMs: 0,
      get: (key: string) => {
        const bytes = stored.get(known(key));
        return bytes && evaluationCodec.decode(bytes);
      },
      set: (key: string, value: EvaluationState) =>
        void stored.set(known(key), Buffer.from(evaluationCodec.encode(value))),
      append: (key: string, _value: EvaluationState, bytes: Buffer) => {
        const grown = Buffer.concat([stored.get(known(key)) ?? Buffer.alloc(0), bytes]);
        stored.set(key, grown);
        return grown;
      },
      delete: (key: string) => void stored.delete(known(key)),
      emit: (message: OutputMessage) => this.emit(place, message),
      deadLetter: ({ code }: DeadLetterReason) => void this.dead.push(code),
    } as unknown as StepContext<EvaluationState, RuleSet>;
  }

  private emit(from: Place, { topic, partition, key, value, headers = {}, timestampMs = 0 }: OutputMessage): void {
    if (topic !== ruleKeysTopic('demo')) {
      const decision = Decision.parse(JSON.parse(String(value)));
      if (key !== decision.subject || partition !== partitionOf(key, this.subjects.length))
        throw new Error('a decision does not stand where its subject is');
      this.decisions.push(decision);
      return;
    }
    this.sent += 1;
    const to = this.placeOf(this.keys, key!);
    const name = `${from.logic === to.logic ? 'key' : 'subject'} ${from.partition} ${to.partition}`;
    const channel = this.channels.get(name) ?? { to, records: [] };
    this.channels.set(name, channel);
    channel.records.push({
      topic,
      partition: to.partition,
      offset: 0,
      key: Buffer.from(key!),
      value: Buffer.from(value!),
      headers: Object.fromEntries(Object.entries(headers).map(([header, text]) => [header, Buffer.from(text)])),
      timestampMs,
    });
  }
}
