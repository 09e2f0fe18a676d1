import type { ListLookup } from '@hermes/rules/list-operators';
import type { Decision } from '@hermes/contracts/decision';
import { EVENT_HEADERS, type HermesEvent } from '@hermes/contracts/event';
import type { BacktestNote, BacktestResult, BacktestSetting, SideCounts } from '@hermes/contracts/rule-backtest';
import { decisionsTopic, eventsTopic } from '@hermes/contracts/topics';
import { EventRecord } from '@hermes/feature-counting/event-of-record';
import type { Decided, EventFacts } from '@hermes/rules/decide';
import type { RuleIndex } from '@hermes/rules/rule-index';
import type { OutputMessage } from '@hermes/stream-runtime/logic';
import type { MemoryState } from '@hermes/stream-runtime/memory-run/memory-state';
import { ValueState } from '@hermes/stream-runtime/memory-run/memory-state';
import { WiredRuns } from '@hermes/stream-runtime/memory-run/wired-runs';
import { evaluationLogic, type EvaluationObserver } from '../evaluation/evaluation.logic.ts';
import { evaluationCodec, type EvaluationState, restsOnBytes } from '../evaluation/evaluation-state.ts';
import type { RuleSet } from '../evaluation/rule-set.ts';
import { Comparison, type Other } from './comparison.ts';
import { expiryNotes, readFromMs } from './reach.ts';
import { type Side, sideOf, type Sides, sidesOf } from './sides.ts';

/** What a run holds at most, in values of state, timers and hits: some hundred bytes to a few KB each. */
const MAX_HELD = 1_000_000;
/** How often that is looked at. */
const LOOK_EVERY_EVENTS = 1_024;

/** The run would need more memory than it may have. */
export class TooMuchToHoldError extends Error {
  override readonly name = 'TooMuchToHoldError';
}

export interface BacktestRunOptions {
  readonly maxHeld?: number;
  /** Named lists, which are asked as they are when it begins. */
  readonly list?: ListLookup;
  /** Of one partition's processor; each has one. */
  readonly state?: () => MemoryState<EvaluationState>;
  /** Told of each decision of the version in force, as live would have made it. */
  readonly onLive?: (decision: Decision) => void;
}

/** What came of it, but for what the reader of history knows. */
export type BacktestFindings = Omit<BacktestResult, 'seconds' | 'eventsPerSecond' | 'notes'>;

/**
 * A candidate and the version in force over the same events of the past, by the processors' own logic. Events come subject by subject, each subject's in
 * the order of its partition: rules by the subject know no other, so that each subject is a partition of its own, and one at a time is in memory. Pure.
 */
export class BacktestRun {
  readonly sides: Sides;
  /** Of receipt; -Infinity: all that there is. What comes before the span counts and decides nothing. */
  readonly readFromMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  private readonly project: string;
  private readonly runs: WiredRuns<EvaluationState, RuleSet>;
  private readonly comparison: Comparison;
  private readonly undecided: Record<Side, number> = { candidate: 0, live: 0 };
  private readonly wouldFire: Record<Side, number> = { candidate: 0, live: 0 };
  private readonly maxHeld: number;
  private readonly onLive: ((decision: Decision) => void) | undefined;
  private readonly headers = new Map<string, EventRecord['headers']>();
  private subject = '';
  private key = Buffer.alloc(0);
  private isInSpan = false;
  private read = 0;
  private lookedAt = 0;
  /** What the side that does not fire says of the event in hand. */
  private other: Other | undefined;

  /** @throws Error for rules and features that were never checked */
  constructor(setting: BacktestSetting, options: BacktestRunOptions = {}) {
    this.project = setting.project;
    this.fromMs = Date.parse(setting.from);
    this.toMs = Date.parse(setting.to);
    this.sides = sidesOf(setting);
    this.readFromMs = readFromMs(this.sides, this.fromMs);
    this.comparison = new Comparison(this.toMs - this.fromMs, setting.timeZone);
    this.maxHeld = options.maxHeld ?? MAX_HELD;
    this.onLive = options.onLive;
    const state = options.state ?? (() => new ValueState<EvaluationState>(evaluationCodec, restsOnBytes));
    this.runs = new WiredRuns({
      project: setting.project,
      definitions: this.sides.deciding,
      logics: [
        {
          inputTopic: eventsTopic(setting.project),
          logic: evaluationLogic(this.observer(), options.list),
          state: state(),
        },
      ],
      onOutput: (message) => this.onOutput(message),
      // History holds events, and their keys and headers are made here.
      onDeadLetter: ({ code, reason }) => {
        throw new Error(`an event of the past was refused: ${code}, ${reason}`);
      },
    });
  }

  /** Types of the events that are looked at, those of features too. */
  get types(): readonly string[] {
    return this.sides.types;
  }

  get events(): number {
    return this.read;
  }

  /** @throws TooMuchToHoldError; any other Error is a defect */
  take(event: HermesEvent): void {
    if (event.subject !== this.subject) this.begin(event.subject);
    const receivedAtMs = Date.parse(event.receivedat);
    if (receivedAtMs < this.readFromMs || receivedAtMs >= this.toMs) return;
    const { deciding, counting, memoryMs } = this.sides;
    this.isInSpan = receivedAtMs >= this.fromMs;
    this.read += 1;
    if (this.isInSpan && deciding.index.interested(event.type) > 0) this.lookedAt += 1;
    this.runs.definitions = receivedAtMs >= this.fromMs - memoryMs ? deciding : counting;
    this.other = undefined;
    this.runs.take(this.recordOf(event, receivedAtMs));
    this.comparison.settle();
    if (this.read % LOOK_EVERY_EVENTS === 0) this.look();
  }

  /** What came of all events so far. */
  finish(): BacktestFindings {
    this.begin('');
    const { live } = this.sides;
    return {
      from: new Date(this.fromMs).toISOString(),
      to: new Date(this.toMs).toISOString(),
      candidate: this.countsOf('candidate'),
      live: live === undefined ? null : this.countsOf('live'),
      ...this.comparison.result(),
      events: { read: this.read, lookedAt: this.lookedAt },
    };
  }

  /** What a reader has to know. `keptSinceMs`: what was received before has expired. */
  notes(keptSinceMs: number): readonly BacktestNote[] {
    return expiryNotes(this.sides, this, keptSinceMs);
  }

  private begin(subject: string): void {
    if (this.subject !== '') {
      this.isInSpan = true;
      this.runs.advanceTo(this.toMs);
      this.comparison.complete();
      this.runs.reset();
    }
    this.subject = subject;
    this.key = Buffer.from(subject);
  }

  private look(): void {
    const held = this.runs.size + this.comparison.size;
    if (held > this.maxHeld)
      throw new TooMuchToHoldError(`${held} values of state and hits would have to be held at once`);
  }

  private countsOf(side: Side): SideCounts {
    const hits = this.comparison.hits[side];
    return { hits, suppressed: Math.max(0, this.wouldFire[side] - hits), undecided: this.undecided[side] };
  }

  private observer(): EvaluationObserver {
    const nothing = (): void => undefined;
    return {
      onEvaluated: nothing,
      onSuppressed: nothing,
      onShadow: nothing,
      onLate: nothing,
      onErased: nothing,
      onUndecided: ({ ruleId }) => {
        if (this.isInSpan) this.undecided[sideOf(ruleId)] += 1;
      },
      onDecided: (facts, index, decided) => {
        if (this.isInSpan) this.onDecided(facts, index, decided);
      },
    };
  }

  private onDecided({ event }: EventFacts, index: RuleIndex, { decisions }: Decided): void {
    for (const { ruleId } of decisions) this.wouldFire[sideOf(ruleId)] += 1;
    const { candidate, live } = this.sides;
    if (decisions.length === 0 || live === undefined) return;
    if (decisions.length === 2) {
      // Both conditions hold: where one decision is missing, it is suppressed.
      this.other = { trace: [], isSuppressed: true };
      return;
    }
    const [fired, silent] =
      sideOf(decisions[0]!.ruleId) === 'candidate' ? (['more', live] as const) : (['fewer', candidate] as const);
    if (!silent.eventTypes.includes(event.type) || !this.comparison.wants(fired, event.receivedat)) return;
    this.other = { trace: index.explain(silent), isSuppressed: false };
  }

  private onOutput({ topic, value }: OutputMessage): void {
    if (topic !== decisionsTopic(this.project)) return;
    const decision = JSON.parse(String(value)) as Decision;
    const decidedAtMs = Date.parse(decision.decidedAt);
    if (decidedAtMs < this.fromMs || decidedAtMs >= this.toMs) return;
    if (sideOf(decision.ruleId) === 'live') this.onLive?.(decision);
    this.comparison.add(decision, this.other);
  }

  private recordOf(event: HermesEvent, receivedAtMs: number): EventRecord {
    let headers = this.headers.get(event.type);
    if (headers === undefined)
      this.headers.set(event.type, (headers = { [EVENT_HEADERS.type]: Buffer.from(event.type) }));
    return new EventRecord({
      topic: eventsTopic(this.project),
      event,
      key: this.key,
      headers,
      timestampMs: receivedAtMs,
      offset: this.read,
    });
  }
}
