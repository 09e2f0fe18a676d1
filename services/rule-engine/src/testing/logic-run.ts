import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import { EVENT_HEADERS } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import { decisionsTopic } from '@hermes/contracts/topics';
import type { Evaluator } from '@hermes/rules/decide';
import type { ListLookup } from '@hermes/rules/list-operators';
import type { OutputMessage } from '@hermes/stream-runtime/logic';
import { MemoryRun } from '@hermes/stream-runtime/memory-run/memory-run';
import { ByteState } from '@hermes/stream-runtime/memory-run/memory-state';
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
  timestampMs: Date.parse(event.receivedat),
});

export const NOBODY: EvaluationObserver = {
  onEvaluated: () => undefined,
  onUndecided: () => undefined,
  onSuppressed: () => undefined,
  onShadow: () => undefined,
  onLate: () => undefined,
  onErased: () => undefined,
  onForgotten: () => undefined,
};

/** The run, with the times to live that were asked for. */
class WatchedRun extends MemoryRun<EvaluationState, RuleSet> {
  readonly ttlsMs: (number | undefined)[] = [];

  override set(key: string, value: EvaluationState, options?: { readonly ttlMs?: number }): void {
    super.set(key, value, options);
    this.ttlsMs.push(options?.ttlMs);
  }
}

/** The logic as a processor runs it: state goes through its bytes from event to event, and only announced keys are touched. */
export class LogicRun {
  readonly dead: string[] = [];
  /** What was emitted besides decisions. */
  readonly others: OutputMessage[] = [];
  private readonly state = new ByteState(evaluationCodec);
  private readonly run: WatchedRun;
  private made: Decision[] = [];

  constructor(
    set: RuleSet,
    observer: Partial<EvaluationObserver> = {},
    project = 'demo',
    evaluator?: Evaluator,
    list?: ListLookup,
  ) {
    this.run = new WatchedRun({
      project,
      partition: 0,
      partitions: PARTITIONS,
      definitions: set,
      logic: evaluationLogic({ ...NOBODY, ...observer }, list, evaluator),
      state: this.state,
      onOutput: (message) => {
        if (message.topic === decisionsTopic(project))
          this.made.push(Decision.parse(JSON.parse(String(message.value))));
        else this.others.push(message);
      },
      onDeadLetter: ({ code }) => void this.dead.push(code),
      checksKeys: true,
    });
  }

  get stored(): ByteState<EvaluationState>['stored'] {
    return this.state.stored;
  }

  get ttlsMs(): readonly (number | undefined)[] {
    return this.run.ttlsMs;
  }

  decide(event: HermesEvent): readonly Decision[] {
    this.made = [];
    this.run.take(recordOf(event));
    return this.made;
  }

  /** Lets the clock go on without an event. */
  advanceTo(clockMs: number): readonly Decision[] {
    this.made = [];
    this.run.advanceTo(clockMs);
    return this.made;
  }
}
