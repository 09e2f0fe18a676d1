import type { Decision, TraceEntry } from '@hermes/contracts/decision';
import type { ListLookup } from '@hermes/rules/list-operators';
import { EVENT_HEADERS, type HermesEvent } from '@hermes/contracts/event';
import type { BacktestNote, BacktestResult, BacktestSetting, SideCounts } from '@hermes/contracts/rule-backtest';
import { decisionsTopic, eventsTopic, ruleKeysTopic } from '@hermes/contracts/topics';
import { EventRecord } from '@hermes/feature-counting/event-of-record';
import type { Decided, EventFacts } from '@hermes/rules/decide';
import type { RuleIndex } from '@hermes/rules/rule-index';
import type { OutputMessage } from '@hermes/stream-runtime/logic';
import type { MemoryState } from '@hermes/stream-runtime/memory-run/memory-state';
import { ValueState } from '@hermes/stream-runtime/memory-run/memory-state';
import { WiredRuns } from '@hermes/stream-runtime/memory-run/wired-runs';
import { evaluationLogic, type EvaluationObserver } from '../evaluation/evaluation.logic.ts';
import { evaluationCodec, type EvaluationState, restsOnBytes } from '../evaluation/evaluation-state.ts';
import { keyedLogic } from '../evaluation/keyed.logic.ts';
import type { RuleSet } from '../evaluation/rule-set.ts';
import { tellingPersons } from '../persons/telling-persons.ts';
import { Comparison } from './comparison.ts';
import { expiryNotes, readFromMs } from './reach.ts';
import { type Side, sideOf, type Sides, sidesOf } from './sides.ts';

/** What a run holds at most, in values of state, timers and hits: some hundred bytes to a few KB each. */
const MAX_HELD = 1_000_000;
/** What of it is outside of the thread's heap. */
const MAX_BYTES = 512_000_000;
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

/** What the event in hand was asked about, and answered. */
interface Asked {
  readonly event: string;
  /** Sides of which the conditions hold, whether they are suppressed or not. */
  readonly wouldFire: Set<Side>;
  /** Those that did. */
  readonly fired: Set<Side>;
  /** Of a side of which they do not, where it was worth asking. */
  trace: readonly TraceEntry[];
}

const nothingAsked = (event: string): Asked => ({ event, wouldFire: new Set(), fired: new Set(), trace: [] });
const NOTHING_ASKED = nothingAsked('');

/**
 * A candidate and the version in force over the same events of the past, by the processors' own logics. Where rules go by the subject alone, events come
 * subject by subject, each subject's in the order of its partition: each is then a partition of its own, and one at a time is in memory. Otherwise they
 * come in the order of the log, and all are. Pure.
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
  private readonly suppressed: Record<Side, number> = { candidate: 0, live: 0 };
  private readonly maxHeld: number;
  /** Types that one of the rules looks at. */
  private readonly deciding: ReadonlySet<string>;
  private readonly onLive: ((decision: Decision) => void) | undefined;
  private readonly headers = new Map<string, EventRecord['headers']>();
  private subject = '';
  private key = Buffer.alloc(0);
  private isInSpan = false;
  private read = 0;
  private lookedAt = 0;
  private asked = NOTHING_ASKED;

  /** @throws Error for rules and features that were never checked */
  constructor(setting: BacktestSetting, options: BacktestRunOptions = {}) {
    this.project = setting.project;
    this.fromMs = Date.parse(setting.from);
    this.toMs = Date.parse(setting.to);
    this.sides = sidesOf(setting);
    this.readFromMs = readFromMs(this.sides, this.fromMs);
    this.comparison = new Comparison(this.toMs - this.fromMs, setting.timeZone);
    const { candidate, live, persons } = this.sides;
    this.deciding = new Set([...candidate.eventTypes, ...(live?.eventTypes ?? [])]);
    this.maxHeld = options.maxHeld ?? MAX_HELD;
    this.onLive = options.onLive;
    const state = options.state ?? (() => new ValueState<EvaluationState>(evaluationCodec, restsOnBytes));
    this.runs = new WiredRuns({
      project: setting.project,
      definitions: this.sides.deciding,
      logics: [
        {
          inputTopic: eventsTopic(setting.project),
          logic:
            persons === undefined
              ? evaluationLogic(this.observer(), options.list)
              : tellingPersons(evaluationLogic(this.observer(), options.list), persons),
          state: state(),
        },
        ...(this.sides.isBySubject
          ? []
          : [
              {
                inputTopic: ruleKeysTopic(setting.project),
                logic: keyedLogic(this.observer(), options.list),
                state: state(),
              },
            ]),
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
    if (event.subject !== this.subject) {
      if (this.sides.isBySubject && this.subject !== '') this.complete();
      this.subject = event.subject;
      this.key = Buffer.from(event.subject);
    }
    const receivedAtMs = Date.parse(event.receivedat);
    if (receivedAtMs < this.readFromMs || receivedAtMs >= this.toMs) return;
    const { deciding, counting, memoryMs } = this.sides;
    this.isInSpan = receivedAtMs >= this.fromMs;
    this.read += 1;
    if (this.isInSpan && this.deciding.has(event.type)) this.lookedAt += 1;
    this.runs.definitions = receivedAtMs >= this.fromMs - memoryMs ? deciding : counting;
    this.asked = NOTHING_ASKED;
    this.runs.take(this.recordOf(event, receivedAtMs));
    this.explain();
    // Time decides on no event later than rules remember it.
    this.comparison.settle(this.runs.waits ? receivedAtMs - memoryMs : Number.POSITIVE_INFINITY);
    if (this.read % LOOK_EVERY_EVENTS === 0) this.look();
  }

  /** What came of all events so far. */
  finish(): BacktestFindings {
    this.complete();
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

  /** Nothing more comes of the subjects so far. */
  private complete(): void {
    this.isInSpan = true;
    this.asked = NOTHING_ASKED;
    this.runs.advanceTo(this.toMs);
    this.comparison.complete();
    this.runs.reset();
  }

  private look(): void {
    const held = this.runs.size + this.comparison.size;
    if (held > this.maxHeld)
      throw new TooMuchToHoldError(`${held} values of state and hits would have to be held at once`);
    if (this.runs.bytes > MAX_BYTES)
      throw new TooMuchToHoldError(`${this.runs.bytes} bytes of state would have to be held at once`);
  }

  private countsOf(side: Side): SideCounts {
    return {
      hits: this.comparison.hits[side],
      suppressed: this.suppressed[side],
      undecided: this.undecided[side],
    };
  }

  private observer(): EvaluationObserver {
    const nothing = (): void => undefined;
    return {
      onEvaluated: nothing,
      onSuppressed: nothing,
      onShadow: nothing,
      onLate: nothing,
      onErased: nothing,
      onForgotten: nothing,
      onUndecided: ({ ruleId }) => {
        if (this.isInSpan) this.undecided[sideOf(ruleId)] += 1;
      },
      onDecided: (facts, index, decided) => {
        if (this.isInSpan) this.onDecided(facts, index, decided);
      },
    };
  }

  private onDecided({ event }: EventFacts, index: RuleIndex, { decisions }: Decided): void {
    const [first] = decisions;
    if (first === undefined) return;
    if (this.asked.event !== event.id) this.asked = nothingAsked(event.id);
    const { asked, sides } = this;
    for (const { ruleId } of decisions) asked.wouldFire.add(sideOf(ruleId));
    if (decisions.length > 1) return;
    const side = sideOf(first.ruleId);
    const silent = side === 'candidate' ? sides.live : sides.candidate;
    // Where the two go by different keys, the other is asked elsewhere, with what is known there.
    if (silent === undefined || !index.rulesOf(event.type).includes(silent)) return;
    if (this.comparison.wants(side === 'candidate' ? 'more' : 'fewer', event.receivedat))
      asked.trace = index.explain(silent);
  }

  /** What is known of the event in hand, once all that it decides is decided. */
  private explain(): void {
    const { asked } = this;
    if (asked === NOTHING_ASKED) return;
    const { wouldFire, fired, trace } = asked;
    for (const side of wouldFire) if (!fired.has(side)) this.suppressed[side] += 1;
    const isSuppressed = wouldFire.size > fired.size;
    this.comparison.explain(({ event }) =>
      event.id === asked.event ? { trace: isSuppressed ? [] : trace, isSuppressed } : undefined,
    );
  }

  private onOutput({ topic, value }: OutputMessage): void {
    if (topic !== decisionsTopic(this.project)) return;
    const decision = JSON.parse(String(value)) as Decision;
    const decidedAtMs = Date.parse(decision.decidedAt);
    if (decidedAtMs < this.fromMs || decidedAtMs >= this.toMs) return;
    if (sideOf(decision.ruleId) === 'live') this.onLive?.(decision);
    const { event, ruleId } = decision;
    if (event.id === this.asked.event) this.asked.fired.add(sideOf(ruleId));
    this.comparison.add(decision);
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
