import type { Decision, TraceEntry } from '@hermes/contracts/decision';
import type { BacktestDifference, BacktestResult, BacktestSample } from '@hermes/contracts/rule-backtest';
import { BusiestSubjects } from './busiest-subjects.ts';
import { HitsOverTime } from './hits-over-time.ts';
import { LatestSamples } from './latest-samples.ts';
import { type Side, sideOf } from './sides.ts';

/** A sample shows data of an event up to so long a text. */
const SHOWN_DATA_CHARACTERS = 4_000;

/** What the side that does not fire says of an event. */
export interface Other {
  readonly trace: readonly TraceEntry[];
  readonly isSuppressed: boolean;
}

const NOTHING: Other = { trace: [], isSuppressed: false };

/** What is decided on one event; time may decide later than the event does. */
interface Hit {
  /** The first of them. */
  readonly decidedAtMs: number;
  candidate?: Decision;
  live?: Decision;
  /** Of the side that has not fired, where it is known. */
  other?: Other | undefined;
}

const eventOf = ({ event, subject }: Decision): string => `${subject} ${event.source} ${event.id}`;

/** What two rules decide on the same events, held against each other event by event. Pure. */
export class Comparison {
  readonly hits: Record<Side, number> = { candidate: 0, live: 0 };
  private readonly difference: Record<BacktestDifference, number> = { more: 0, fewer: 0, same: 0 };
  private readonly overTime: HitsOverTime;
  private readonly subjects = new BusiestSubjects();
  private readonly samples: Readonly<Record<BacktestDifference, LatestSamples>> = {
    more: new LatestSamples(),
    fewer: new LatestSamples(),
    same: new LatestSamples(),
  };
  /** By event, oldest first. */
  private readonly pending = new Map<string, Hit>();
  /** Those of them that were decided on since the last `settle`. */
  private readonly fresh = new Map<string, Hit>();

  constructor(spanMs: number, timeZone: string) {
    this.overTime = new HitsOverTime(spanMs, timeZone);
  }

  /** What it holds that grows with the events. */
  get size(): number {
    return this.pending.size + this.subjects.size;
  }

  /** Whether a difference of that instant would be shown: then it is worth asking the other side why. */
  wants(difference: BacktestDifference, at: string): boolean {
    return this.samples[difference].wants(at);
  }

  /** One decision, at its instant. */
  add(decision: Decision): void {
    const side = sideOf(decision.ruleId);
    const name = eventOf(decision);
    this.hits[side] += 1;
    this.subjects.add(decision.subject, side);
    let hit = this.pending.get(name);
    if (hit === undefined) this.pending.set(name, (hit = { decidedAtMs: Date.parse(decision.decidedAt) }));
    hit[side] = decision;
    this.fresh.set(name, hit);
  }

  /** What the side that did not fire says of an event since the last `settle`, where it is known. */
  explain(otherOf: (decision: Decision) => Other | undefined): void {
    for (const hit of this.fresh.values()) hit.other ??= otherOf((hit.candidate ?? hit.live)!);
  }

  /** Counts events on which both sides have fired, and those decided on before an instant, on which nothing more is decided. */
  settle(beforeMs: number): void {
    if (this.pending.size === 0) return;
    for (const [name, hit] of this.fresh)
      if (hit.candidate !== undefined && hit.live !== undefined) this.count(name, hit);
    this.fresh.clear();
    for (const [name, hit] of this.pending) {
      if (hit.decidedAtMs >= beforeMs) return;
      this.count(name, hit);
    }
  }

  /** None of the subjects so far comes again. */
  complete(): void {
    this.settle(Number.POSITIVE_INFINITY);
    this.subjects.complete();
  }

  result(): Pick<BacktestResult, 'difference' | 'per' | 'overTime' | 'subjects' | 'samples'> {
    return {
      difference: { ...this.difference },
      per: this.overTime.per,
      overTime: this.overTime.result(),
      subjects: this.subjects.result(),
      samples: {
        more: this.samples.more.result(),
        fewer: this.samples.fewer.result(),
        same: this.samples.same.result(),
      },
    };
  }

  private count(name: string, { candidate, live, other }: Hit): void {
    this.pending.delete(name);
    const difference = candidate === undefined ? 'fewer' : live === undefined ? 'more' : 'same';
    const decision = candidate ?? live;
    if (decision === undefined) return;
    this.difference[difference] += 1;
    this.overTime.add(difference, Date.parse(decision.decidedAt));
    const samples = this.samples[difference];
    if (!samples.wants(decision.decidedAt)) return;
    samples.add(sampleOf(decision, live, (difference === 'same' ? undefined : other) ?? NOTHING));
  }
}

function sampleOf(decision: Decision, live: Decision | undefined, other: Other): BacktestSample {
  const { data, id, source, type, time } = decision.event;
  return {
    at: decision.decidedAt,
    subject: decision.subject,
    ...(decision.key === undefined ? {} : { key: decision.key }),
    event: { id, source, type, time, data: JSON.stringify(data).length > SHOWN_DATA_CHARACTERS ? null : data },
    liveDecision: live?.id ?? null,
    trace: decision.trace,
    ...(decision.features === undefined ? {} : { features: decision.features }),
    other: [...other.trace],
    otherSuppressed: other.isSuppressed,
  };
}
