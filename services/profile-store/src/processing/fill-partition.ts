import type { HermesEvent } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { seenBy, stampOf } from '@hermes/profiles/features/see-event';
import type { Seen } from '@hermes/profiles/features/aggregate';
import { addToSeries, newSeries, type Series } from '@hermes/profiles/features/series';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import type { Injection } from '@hermes/stream-runtime/injection-queue';
import { FillMark, fillMarkKey } from './fill-mark.ts';
import { appends, groupKey, type ProfileValue, subjectIn } from './state-of-subject.ts';

/** The state is not where this fill believed: it begins again from the mark. */
export class FillMovedError extends Error {
  override readonly name = 'FillMovedError';
}

/** The subject's part of a fill: what history says of one feature of one subject. */
export interface Filled {
  readonly subject: string;
  readonly series: Series;
  /** How many events it was made of. */
  readonly events: number;
  /** Up to when the subject's events were taken to be erased; 0 when they were not. */
  readonly erasedAtMs: number;
}

/** Counts the events of one subject. With a time to live the order of receipt matters, which history does not keep. */
export function seriesOf(feature: CompiledFeature, seen: readonly Seen[]): Series {
  const series = newSeries();
  const ordered = feature.ttlMs === undefined ? seen : seen.toSorted((a, b) => a.receivedAtMs - b.receivedAtMs);
  for (const one of ordered) addToSeries(feature, series, one);
  return series;
}

export interface HistoryOf {
  /** Ordered by subject when the feature is of the subject. */
  readonly events: AsyncIterable<HermesEvent>;
  erasedAtMs(subject: string): number;
}

/**
 * What history says of a feature of the event's subject, subject by subject, in the order of the events. Keeps one subject's events in
 * memory.
 */
export async function* fillsBySubject(feature: CompiledFeature, history: HistoryOf): AsyncGenerator<Filled> {
  let subject: string | undefined;
  let seen: Seen[] = [];
  const filled = (of: string): Filled => ({
    subject: of,
    series: seriesOf(feature, seen),
    events: seen.length,
    erasedAtMs: history.erasedAtMs(of),
  });
  for await (const event of history.events) {
    if (event.subject !== subject) {
      if (subject !== undefined && seen.length > 0) yield filled(subject);
      subject = event.subject;
      seen = [];
    }
    const one = countable(feature, event, history.erasedAtMs(event.subject));
    if (one !== undefined) seen.push(one);
  }
  if (subject !== undefined && seen.length > 0) yield filled(subject);
}

const countable = (feature: CompiledFeature, event: HermesEvent, erasedAtMs: number): Seen | undefined => {
  const stamp = stampOf(event);
  return stamp.timeMs <= erasedAtMs ? undefined : seenBy(feature, event, stamp);
};

/** How many keys a pass over history may hold. */
const MAX_KEYS_PER_PASS = 100_000;

/** Too many keys for one pass: the caller divides them over more. */
export class TooManyKeysError extends Error {
  override readonly name = 'TooManyKeysError';
}

/**
 * What history says of a feature of another key, for the keys of one partition. History is not ordered by them, so all of them are in
 * memory at once; `pass` of `passes` takes a share of the keys only.
 *
 * @throws TooManyKeysError
 */
export async function fillsByKey(
  feature: CompiledFeature,
  history: HistoryOf,
  place: { readonly partition: number; readonly partitions: number; readonly pass: number; readonly passes: number },
): Promise<readonly Filled[]> {
  const seen = new Map<string, Seen[]>();
  for await (const event of history.events) {
    const key = feature.keyIn?.(event);
    if (key === undefined || partitionOf(key, place.partitions) !== place.partition) continue;
    // Another modulus on the same hash: the shares do not depend on the partition.
    if (
      place.passes > 1 &&
      Math.floor(partitionOf(key, place.partitions * place.passes) / place.partitions) !== place.pass
    )
      continue;
    const one = countable(feature, event, Math.max(history.erasedAtMs(key), history.erasedAtMs(event.subject)));
    if (one === undefined) continue;
    const list = seen.get(key);
    if (list !== undefined) list.push(one);
    else if (seen.size < MAX_KEYS_PER_PASS) seen.set(key, [one]);
    else throw new TooManyKeysError(`more than ${MAX_KEYS_PER_PASS} keys in one pass`);
  }
  return [...seen]
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([subject, list]) => ({
      subject,
      series: seriesOf(feature, list),
      events: list.length,
      erasedAtMs: history.erasedAtMs(subject),
    }));
}

/**
 * Merges fills into their profiles, and moves the mark, in one step.
 *
 * @param before - the mark that this fill goes on from
 * @throws FillMovedError (nothing changed) when the state has another mark, or a subject was erased since its events were read
 */
export function fillInjection(
  feature: CompiledFeature,
  fills: readonly Filled[],
  before: FillMark | undefined,
  after: FillMark,
): Injection<ProfileValue, FeatureSet> {
  const markKey = fillMarkKey(feature.slot);
  return {
    keys: [markKey, ...fills.map(({ subject }) => groupKey(subject, feature.group))],
    apply(context) {
      const mark = context.get(markKey);
      const stands = before === undefined ? mark === undefined : mark instanceof FillMark && sameMark(mark, before);
      if (!stands) throw new FillMovedError(`the fill of ${feature.feature.id} has gone on elsewhere`);
      for (const { subject, series, erasedAtMs } of fills) {
        const key = groupKey(subject, feature.group);
        const known = subjectIn(context.get(key));
        const state = known ?? new SubjectState();
        if ((state.erasedAtMs ?? 0) > erasedAtMs) throw new FillMovedError('a subject was erased meanwhile');
        const isLarge = known !== undefined && appends(state);
        state.mergeFeature(feature, series);
        if (!isLarge) {
          context.set(key, state);
          continue;
        }
        const segment = new SubjectState();
        segment.mergeFeature(feature, series);
        const bytes = segment.encode();
        state.storedBytes += bytes.length;
        context.append(key, state, bytes);
      }
      context.set(markKey, after);
    },
  };
}

const sameMark = (a: FillMark, b: FillMark): boolean =>
  a.cursor === b.cursor && a.isDone === b.isDone && a.events === b.events;
