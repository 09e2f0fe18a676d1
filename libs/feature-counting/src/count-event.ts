import type { HermesEvent } from '@hermes/contracts/event';
import type { ProfileChange } from '@hermes/contracts/profile-change';
import { profileChangesTopic } from '@hermes/contracts/topics';
import { boundedData } from '@hermes/contracts/bounded-data';
import type { Seen } from '@hermes/profiles/features/aggregate';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { featureValue } from '@hermes/profiles/features/feature-view';
import type { Stamp } from '@hermes/profiles/features/see-event';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import type { SeenEvent } from '@hermes/profiles/profile-state';
import type { StepContext } from '@hermes/stream-runtime/logic';
import { appends, type CountingContext, groupKey, subjectIn } from './state-of-subject.ts';

/** Told what counting met; changes nothing. */
export interface CountingObserver {
  onLate(feature: string): void;
  onErased(): void;
}

/** One event on its way into the profile of one subject. */
export interface Counting {
  readonly context: CountingContext & Pick<StepContext<unknown, unknown>, 'emit' | 'project' | 'wallMs'>;
  /** Those that are in force. */
  readonly set: FeatureSet;
  readonly observer: CountingObserver;
  /** Whose profile: the event's subject, or that of another key. */
  readonly subject: string;
  readonly event: HermesEvent;
  readonly stamp: Stamp;
  /** The event's place, for the activity's order. */
  readonly arrival: number;
  /** Its offset on `<project>.events`, where that is the log in hand. */
  readonly offset?: number;
}

/** Counts the event in one feature group. `sees`: it also counts in the subject's activity. */
export function countInGroup(
  counting: Counting,
  group: string,
  features: readonly CompiledFeature[],
  sees: boolean,
): void {
  const { context, set, observer, subject, stamp } = counting;
  const key = groupKey(subject, group);
  const known = subjectIn(context.get(key));
  const state = known ?? new SubjectState();
  if (state.erasedAtMs !== undefined && stamp.timeMs <= state.erasedAtMs) return observer.onErased();
  state.retain((slot) => set.bySlot.has(slot), set.number);
  // Only large values grow by segments; what such a segment says is counted by itself.
  const grows = known !== undefined && appends(state);
  if (!isAnswered(set, features)) return countBlindly(counting, key, state, features, sees, grows);
  const segment = grows ? new SubjectState() : undefined;
  let changed = sees;
  if (sees) {
    const one = seenIn(counting);
    state.see(one);
    segment?.see(one);
  }
  eachSeen(counting, features, (feature, seen) => {
    const added = state.count(feature, seen);
    if (added === 'ignored') return;
    changed = true;
    segment?.count(feature, seen);
    if (added === 'late') observer.onLate(feature.feature.id);
    else if (set.subscribed.has(feature.slot)) emitChange(counting, feature, state);
  });
  if (!changed) return;
  if (segment === undefined) return context.set(key, state);
  const bytes = segment.encode();
  state.storedBytes += bytes.length;
  context.append(key, state, bytes);
}

/** Whether what a feature comes to has to be known: it decides on a time to live, or is told to subscribers. */
const isAnswered = ({ subscribed }: FeatureSet, features: readonly CompiledFeature[]): boolean =>
  features.some(({ ttlMs, slot }) => ttlMs !== undefined || subscribed.has(slot));

/** Counts without looking at more of the state than the event changes; in a state that grows, at none of it. */
function countBlindly(
  counting: Counting,
  key: string,
  state: SubjectState,
  features: readonly CompiledFeature[],
  sees: boolean,
  grows: boolean,
): void {
  const { context, observer } = counting;
  const changing = grows ? new SubjectState() : state;
  changing.beginUpdate();
  let changed = sees;
  if (sees) changing.see(seenIn(counting));
  eachSeen(counting, features, (feature, seen) => {
    const added = changing.count(feature, seen);
    if (added !== 'ignored') changed = true;
    if (added === 'late') observer.onLate(feature.feature.id);
  });
  if (!changed) return changing.cancelUpdate();
  const bytes = changing.encode();
  if (!grows) return context.set(key, state);
  const grown = context.append(key, state, bytes);
  if (grown === undefined) throw new Error(`"${key}" was counted in twice by one event`);
  state.grewTo(grown);
}

const seenIn = ({ event, stamp, arrival }: Counting): SeenEvent => ({
  type: event.type,
  timeMs: stamp.timeMs,
  receivedAtMs: stamp.receivedAtMs,
  arrival,
  data: boundedData(event.data),
});

/** Tells of each feature that the event passes what it sees; one object for all, of which nobody keeps anything. */
function eachSeen(
  { event, stamp }: Counting,
  features: readonly CompiledFeature[],
  count: (feature: CompiledFeature, seen: Seen) => void,
): void {
  const { timeMs, receivedAtMs } = stamp;
  const seen = { timeMs, receivedAtMs, id: event.id, value: undefined as unknown };
  for (const feature of features) {
    if (!feature.passes(event)) continue;
    seen.value = feature.valueIn(event);
    count(feature, seen);
  }
}

/** Whether it is this version that profiles show. */
function isAnsweredNow({ answered }: FeatureSet, { slot, feature }: CompiledFeature): boolean {
  const one = answered.get(feature.id);
  return one?.kind === 'counted' && one.feature.slot === slot;
}

function emitChange(
  { context, set, subject, event, stamp, offset }: Counting,
  feature: CompiledFeature,
  state: SubjectState,
): void {
  const change: ProfileChange = {
    project: context.project,
    subject,
    feature: feature.feature.id,
    value: featureValue(feature, state, stamp.receivedAtMs),
    ...(isAnsweredNow(set, feature) ? {} : { unanswered: true }),
    cause: {
      id: event.id,
      source: event.source,
      type: event.type,
      receivedAt: event.receivedat,
      ...(offset === undefined ? {} : { offset }),
    },
  };
  context.emit({
    topic: profileChangesTopic(context.project),
    key: subject,
    value: JSON.stringify(change),
    headers: { hermes_feature: change.feature },
    timestampMs: context.wallMs,
  });
}
