import { ATTRIBUTES_SET_TYPE } from '@hermes/contracts/attributes';
import type { HermesEvent } from '@hermes/contracts/event';
import type { FeaturePreview } from '@hermes/contracts/feature-api';
import type { Seen } from './aggregate.ts';
import type { CompiledFeature } from './compile-feature.ts';
import type { AnsweredFeature } from './feature-set.ts';
import { featureValues } from './feature-view.ts';
import { seenBy, type Stamp, stampOf } from './see-event.ts';
import type { Added } from './series.ts';
import type { Folded } from './series-fold.ts';
import { SubjectState } from './subject-state.ts';

/** Other keys than the event's subject come in no order, so all of them are in memory at once: at most so many. */
export const MAX_PREVIEW_KEYS = 100_000;
/** With a time to live the order of receipt decides, which history does not keep: so many events wait to be put in order. */
export const MAX_WAITING_EVENTS = 500_000;
const SAMPLE_SIZE = 20;
const TOP_SIZE = 10;

type SubjectValue = FeaturePreview['top'][number];
type Figures = Omit<FeaturePreview, 'from' | 'to' | 'keptSince'>;
type Fate = Added | 'not-matched';

interface Waiting {
  readonly feature: CompiledFeature;
  readonly seen: Seen;
}

/** One subject's events so far. */
interface Counted {
  readonly state: SubjectState;
  readonly waiting: Waiting[];
}

/** Of one event over several features: whether any counted it. */
const RANK: Readonly<Record<Fate, number>> = { 'not-matched': 0, ignored: 1, late: 2, counted: 3 };

export interface PreviewOptions {
  readonly nowMs: number;
  /** Whose values to show; without it the first 20 with a value. */
  readonly subjects?: readonly string[] | undefined;
}

/**
 * What a feature would answer at `nowMs`, had it counted the events that it is given. Events of features of the event's subject must come
 * ordered by subject: each is settled when the next begins, so memory does not grow with their number.
 */
export class PreviewAccumulator {
  private readonly answered: AnsweredFeature;
  private readonly features: readonly CompiledFeature[];
  private readonly nowMs: number;
  private readonly asked: ReadonlyMap<string, SubjectValue> | undefined;
  private readonly keyed = new Map<string, Counted>();
  private readonly isKeyed: boolean;
  private readonly waits: boolean;
  private readonly sample: SubjectValue[] = [];
  private readonly top: SubjectValue[] = [];
  private current: { readonly subject: string; readonly counted: Counted } | undefined;
  private read = 0;
  private matched = 0;
  private ignored = 0;
  private late = 0;
  private subjects = 0;
  private waiting = 0;
  private leftOut = false;

  constructor(answered: AnsweredFeature, { nowMs, subjects }: PreviewOptions) {
    this.answered = answered;
    this.features = answered.kind === 'counted' ? [answered.feature] : [answered.numerator, answered.denominator];
    this.nowMs = nowMs;
    this.isKeyed = this.features.some(({ keyIn }) => keyIn !== undefined);
    this.waits = this.features.some(({ ttlMs }) => ttlMs !== undefined);
    this.asked =
      subjects === undefined ? undefined : new Map(subjects.map((subject) => [subject, { subject, value: null }]));
  }

  /** The event types that are looked at. */
  get types(): readonly string[] {
    return [...new Set(this.features.flatMap(({ types }) => types))];
  }

  get eventsRead(): number {
    return this.read;
  }

  add(event: HermesEvent): void {
    this.read += 1;
    if (!this.isKeyed && this.current?.subject !== event.subject) {
      this.settleCurrent();
      this.current = { subject: event.subject, counted: { state: new SubjectState(), waiting: [] } };
    }
    let fate: Fate = 'not-matched';
    const stamp = stampOf(event);
    for (const feature of this.features) {
      if (!feature.types.includes(event.type)) continue;
      const one = this.count(feature, event, stamp);
      if (RANK[one] > RANK[fate]) fate = one;
    }
    if (fate === 'not-matched') return;
    this.matched += 1;
    if (fate === 'ignored') this.ignored += 1;
    if (fate === 'late') this.late += 1;
  }

  /** @param isComplete - false: the events were not all there are; the subject that the last one was of is left out */
  finish(isComplete: boolean): Figures {
    if (isComplete) this.settleCurrent();
    this.current = undefined;
    for (const [subject, counted] of this.keyed) this.settle(subject, counted);
    this.keyed.clear();
    return {
      complete: isComplete && !this.leftOut,
      eventsRead: this.read,
      eventsMatched: this.matched,
      eventsIgnored: this.ignored,
      eventsLate: this.late,
      subjects: this.subjects,
      sample: this.asked === undefined ? this.sample : [...this.asked.values()],
      top: this.top,
    };
  }

  private count(feature: CompiledFeature, event: HermesEvent, stamp: Stamp): Fate {
    const seen = seenBy(feature, event, stamp);
    if (seen === undefined) return 'not-matched';
    // A direct write of other attributes is not about this one.
    if (event.type === ATTRIBUTES_SET_TYPE && seen.value === undefined) return 'not-matched';
    const counted = this.countedFor(feature, event);
    if (counted === undefined) return 'ignored';
    if (!this.waits) return counted.state.count(feature, seen);
    return this.wait(counted, { feature, seen });
  }

  /** Where the event counts; undefined when it has no key, or there are too many. */
  private countedFor(feature: CompiledFeature, event: HermesEvent): Counted | undefined {
    if (!this.isKeyed) return this.current?.counted;
    const key = feature.keyIn?.(event);
    if (key === undefined) return undefined;
    const known = this.keyed.get(key);
    if (known !== undefined) return known;
    if (this.keyed.size >= MAX_PREVIEW_KEYS) {
      this.leftOut = true;
      return undefined;
    }
    const counted: Counted = { state: new SubjectState(), waiting: [] };
    this.keyed.set(key, counted);
    return counted;
  }

  /** Puts the event aside until all of its subject's are there. Whether it will count does not depend on the others. */
  private wait(counted: Counted, one: Waiting): Fate {
    const fate = new SubjectState().count(one.feature, one.seen);
    if (fate === 'ignored') return fate;
    if (this.waiting >= MAX_WAITING_EVENTS) {
      this.leftOut = true;
      return fate;
    }
    counted.waiting.push(one);
    this.waiting += 1;
    return fate;
  }

  private settleCurrent(): void {
    if (this.current !== undefined) this.settle(this.current.subject, this.current.counted);
  }

  private settle(subject: string, { state, waiting }: Counted): void {
    waiting.sort((a, b) => a.seen.receivedAtMs - b.seen.receivedAtMs);
    for (const { feature, seen } of waiting) state.count(feature, seen);
    this.waiting -= waiting.length;
    const value = this.hasAnswer(state)
      ? featureValues([['f', this.answered]], () => state, this.nowMs)['f']?.value
      : null;
    if (value === null || value === undefined) return;
    const one = { subject, value };
    this.subjects += 1;
    const asked = this.asked?.get(subject);
    if (asked !== undefined) Object.assign(asked, one);
    if (this.sample.length < SAMPLE_SIZE) this.sample.push(one);
    if (typeof value === 'number') this.rank(one, value);
  }

  /** Whether anything counts now: a count of none is no value. */
  private hasAnswer(state: SubjectState): boolean {
    const folded: Folded = { state: undefined, late: 0 };
    return this.features.some((feature) => {
      state.foldInto(folded, feature, this.nowMs);
      return folded.state !== undefined;
    });
  }

  private rank(one: SubjectValue, value: number): void {
    const at = this.top.findIndex((other) => value > (other.value as number));
    if (at >= 0) this.top.splice(at, 0, one);
    else if (this.top.length < TOP_SIZE) this.top.push(one);
    if (this.top.length > TOP_SIZE) this.top.pop();
  }
}
