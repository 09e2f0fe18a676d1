import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import { decisionsTopic } from '@hermes/contracts/topics';
import type { DeadLetterReason, OutputMessage, StepContext } from '@hermes/stream-runtime/logic';
import { evaluationLogic, type EvaluationObserver } from '../evaluation/evaluation.logic.ts';
import { evaluationCodec, type EvaluationState } from '../evaluation/evaluation-state.ts';
import type { RuleSet } from '../evaluation/rule-set.ts';

export const PARTITIONS = 8;

export const recordOf = (event: HermesEvent): KafkaRecord => ({
  topic: `${event.project}.events`,
  partition: partitionOf(event.subject, PARTITIONS),
  offset: 7,
  key: Buffer.from(event.subject),
  value: Buffer.from(JSON.stringify(event)),
  headers: { [EVENT_HEADERS.type]: Buffer.from(event.type) },
  timestampMs: 0,
});

export const NOBODY: EvaluationObserver = {
  onEvaluated: () => undefined,
  onUndecided: () => undefined,
  onSuppressed: () => undefined,
  onShadow: () => undefined,
  onLate: () => undefined,
  onErased: () => undefined,
};

/** The logic as a processor runs it: state goes through its bytes from event to event, and only announced keys are touched. */
export class LogicRun {
  readonly stored = new Map<string, Buffer>();
  readonly ttlsMs: (number | undefined)[] = [];
  readonly dead: string[] = [];
  /** What was emitted besides decisions. */
  readonly others: OutputMessage[] = [];
  private readonly logic: ReturnType<typeof evaluationLogic>;
  private readonly set: RuleSet;

  constructor(set: RuleSet, observer: Partial<EvaluationObserver> = {}) {
    this.set = set;
    this.logic = evaluationLogic({ ...NOBODY, ...observer });
  }

  decide(event: HermesEvent): readonly Decision[] {
    const decisions: Decision[] = [];
    const record = recordOf(event);
    const announced: string[] = [];
    const known = (key: string): string => {
      if (!announced.includes(key)) throw new Error(`"${key}" was not announced`);
      return key;
    };
    const context = {
      project: event.project,
      partition: record.partition,
      partitions: PARTITIONS,
      definitions: this.set,
      definitionsVersion: 1,
      wallMs: 0,
      get: (key: string) => {
        const bytes = this.stored.get(known(key));
        return bytes && evaluationCodec.decode(bytes);
      },
      set: (key: string, value: EvaluationState, options?: { readonly ttlMs?: number }) => {
        this.stored.set(known(key), Buffer.from(evaluationCodec.encode(value)));
        this.ttlsMs.push(options?.ttlMs);
      },
      append: (key: string, _value: EvaluationState, bytes: Buffer) => {
        const grown = Buffer.concat([this.stored.get(known(key)) ?? Buffer.alloc(0), bytes]);
        this.stored.set(key, grown);
        return grown;
      },
      emit: (message: OutputMessage) => {
        if (message.topic === decisionsTopic(event.project))
          decisions.push(Decision.parse(JSON.parse(String(message.value))));
        else this.others.push(message);
      },
      deadLetter: ({ code }: DeadLetterReason) => void this.dead.push(code),
    } as unknown as StepContext<EvaluationState, RuleSet>;
    announced.push(...this.logic.keysOf(record, context));
    this.logic.onRecord(record, context);
    return decisions;
  }
}
