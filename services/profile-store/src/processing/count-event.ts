import type { HermesEvent } from '@hermes/contracts/event';
import type { ProfileChange } from '@hermes/contracts/profile-change';
import { profileChangesTopic } from '@hermes/contracts/topics';
import { boundedData } from '@hermes/profiles/bounded-data';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { featureValue } from '@hermes/profiles/features/feature-view';
import type { Stamp } from '@hermes/profiles/features/see-event';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import type { SeenEvent } from '@hermes/profiles/profile-state';
import type { StepContext } from '@hermes/stream-runtime/logic';
import { appends, groupKey, type ProfileValue, subjectIn } from './state-of-subject.ts';

export type ProfileContext = StepContext<ProfileValue, FeatureSet>;

/** Told what counting met; changes nothing. */
export interface CountingObserver {
  onLate(feature: string): void;
  onErased(): void;
}

/** One event on its way into the profile of one subject. */
export interface Counting {
  readonly context: ProfileContext;
  readonly observer: CountingObserver;
  /** Whose profile: the event's subject, or that of another key. */
  readonly subject: string;
  readonly event: HermesEvent;
  readonly stamp: Stamp;
  /** The event's place, for the activity's order. */
  readonly arrival: number;
}

/** Counts the event in one feature group. `sees`: it also counts in the subject's activity. */
export function countInGroup(
  counting: Counting,
  group: string,
  features: readonly CompiledFeature[],
  sees: boolean,
): void {
  const { context, observer, subject, event, stamp, arrival } = counting;
  const key = groupKey(subject, group);
  const known = subjectIn(context.get(key));
  const state = known ?? new SubjectState();
  if (state.erasedAtMs !== undefined && stamp.timeMs <= state.erasedAtMs) return observer.onErased();
  state.retain((slot) => context.definitions.bySlot.has(slot), context.definitionsVersion);
  // Only large values grow by segments; what such a segment says is counted once more, by itself.
  const segment = known !== undefined && appends(state) ? new SubjectState() : undefined;
  let changed = sees;
  const { timeMs, receivedAtMs } = stamp;
  if (sees) {
    const one: SeenEvent = { type: event.type, timeMs, receivedAtMs, arrival, data: boundedData(event.data) };
    state.see(one);
    segment?.see(one);
  }
  // One for all features of the event: what counts it keeps nothing of it.
  const seen = { timeMs, receivedAtMs, id: event.id, value: undefined as unknown };
  const { subscribed } = context.definitions;
  for (const feature of features) {
    if (!feature.passes(event)) continue;
    seen.value = feature.valueIn(event);
    const added = state.count(feature, seen);
    if (added === 'ignored') continue;
    changed = true;
    segment?.count(feature, seen);
    if (added === 'late') observer.onLate(feature.feature.id);
    else if (subscribed.size > 0 && subscribed.has(feature.slot)) emitChange(counting, feature, state);
  }
  if (!changed) return;
  if (segment === undefined) return context.set(key, state);
  const bytes = segment.encode();
  state.storedBytes += bytes.length;
  context.append(key, state, bytes);
}

function emitChange({ context, subject, event, stamp }: Counting, feature: CompiledFeature, state: SubjectState): void {
  const change: ProfileChange = {
    project: context.project,
    subject,
    feature: feature.feature.id,
    value: featureValue(feature, state, stamp.receivedAtMs),
    cause: { id: event.id, source: event.source, type: event.type, receivedAt: event.receivedat },
  };
  context.emit({
    topic: profileChangesTopic(context.project),
    key: subject,
    value: JSON.stringify(change),
    headers: { hermes_feature: change.feature },
    timestampMs: context.wallMs,
  });
}
