import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { SEGMENT_MEMBER_PREFIX, segmentMemberId } from '@hermes/contracts/profile-segment';
import type { KeptChange } from './change-ring.ts';
import { message } from '@hermes/service-kit/event-stream';

/**
 * Why a listener has to read its profiles anew: `too-old`: its last id is not kept any more; `not-subscribed`: for a while nobody was told
 * of changes; `new-version`: another version of a feature is answered.
 */
export type ResetReason = 'too-old' | 'not-subscribed' | 'new-version';

/** Since when, in epoch milliseconds, this process has known that changes of a slot are told without a break; undefined: they are not. */
export type SubscribedSince = (slot: number) => number | undefined;

/**
 * The definition set that tells processors to tell changes reaches them within milliseconds, as it reaches this process; so long after this
 * process has it, they surely have it too.
 */
export const SETTLE_MS = 500;

/** Whether what is listened to is a segment, by `segmentMemberId`. */
export const isSegment = (name: string): boolean => name.startsWith(SEGMENT_MEMBER_PREFIX);

export interface ListenerSetting {
  /** undefined: every subject. */
  readonly subject: string | undefined;
  /** And segments, by `segmentMemberId`. */
  readonly features: readonly string[];
  /** End of the ids: '' when every process knows what comes after one, or the mark of this process's order. */
  readonly idSuffix: string;
  /** Id of now: who comes back with it has heard everything until now, even if that was nothing. */
  readonly placeOfNow: (nowMs: number) => string;
  readonly send: (text: string) => void;
}

/** What a listener that comes back has missed. */
export interface Missed {
  /** Until when it has heard everything, in epoch milliseconds. */
  readonly sinceMs: number;
  readonly changes: readonly KeptChange[];
}

/** One listener: what it is told, and when it has to read anew. Knows no clock and no connection. */
export class ChangeListener {
  readonly subject: string | undefined;
  readonly features: ReadonlySet<string>;
  private readonly setting: ListenerSetting;
  /** The versions that are answered, by feature. */
  private versions: ReadonlyMap<string, number> | undefined;
  private isReady = false;
  private dueReset: ResetReason | undefined;
  /** Of who comes back and has missed nothing: what is told at `ready`. Without it, what comes before `ready` is in the profile read then. */
  private held: KeptChange[] | undefined;

  constructor(setting: ListenerSetting) {
    this.setting = setting;
    this.subject = setting.subject;
    this.features = new Set(setting.features);
  }

  /**
   * It comes back. Called before anything else.
   *
   * @param missed - undefined: what it has missed is not kept any more
   */
  resume(missed: Missed | undefined, set: FeatureSet, since: SubscribedSince): void {
    if (missed === undefined) {
      this.dueReset = 'too-old';
      return;
    }
    const slots = this.slotsIn(set);
    const isWhole = slots?.every((slot) => (since(slot) ?? Number.POSITIVE_INFINITY) <= missed.sinceMs) ?? false;
    if (isWhole) this.held = [...missed.changes];
    else this.dueReset = 'not-subscribed';
  }

  /**
   * Looks at the definitions in force: sends `ready` once changes are told, and `reset` when some may have been missed.
   *
   * @returns false when one of the features is not answered any more: the stream is over
   */
  look(set: FeatureSet, since: SubscribedSince, nowMs: number): boolean {
    const slots = this.slotsIn(set);
    if (slots === undefined) return false;
    const versions = this.versionsIn(set);
    const hasNewVersion = [...versions].some(([id, version]) => (this.versions?.get(id) ?? version) !== version);
    this.versions = versions;
    const isTold = slots.every((slot) => nowMs - (since(slot) ?? Number.POSITIVE_INFINITY) >= SETTLE_MS);
    const isLost = slots.some((slot) => since(slot) === undefined);
    if (!isTold && (this.isReady || (isLost && this.held !== undefined))) {
      this.isReady = false;
      this.held = undefined;
      this.dueReset = 'not-subscribed';
    }
    if (!isTold) return true;
    if (hasNewVersion) this.dueReset ??= 'new-version';
    if (this.dueReset !== undefined) this.setting.send(message('reset', JSON.stringify({ reason: this.dueReset })));
    this.dueReset = undefined;
    if (this.isReady) return true;
    this.isReady = true;
    const { held = [] } = this;
    this.held = undefined;
    for (const change of held) this.hear(change);
    // After what it has missed: its id stands for all of that.
    this.setting.send(message('ready', '{}', this.setting.placeOfNow(nowMs)));
    return true;
  }

  hear(change: KeptChange): void {
    if (!this.isReady) {
      this.held?.push(change);
      return;
    }
    const { subject, feature, version, partition, offset, data } = change;
    if (this.subject !== undefined && this.subject !== subject) return;
    // A version that is still being filled has changes too, of values that nobody is to see yet.
    if (!isSegment(feature) && this.versions?.get(feature) !== version) return;
    this.setting.send(message('change', data, `${partition}-${offset}${this.setting.idSuffix}`));
  }

  private slotsIn(set: FeatureSet): readonly number[] | undefined {
    const slots: number[] = [];
    for (const id of this.features) {
      if (isSegment(id)) {
        // They are told all the time, to whoever listens.
        if (set.segments.set.all.some((segment) => segmentMemberId(segment.id) === id)) continue;
        return undefined;
      }
      const answered = set.answered.get(id);
      if (answered?.kind !== 'counted') return undefined;
      slots.push(answered.feature.slot);
    }
    return slots;
  }

  private versionsIn(set: FeatureSet): ReadonlyMap<string, number> {
    return new Map(
      [...this.features].flatMap((id) => {
        const answered = set.answered.get(id);
        return answered?.kind === 'counted' ? [[id, answered.feature.feature.version]] : [];
      }),
    );
  }
}
