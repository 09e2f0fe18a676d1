import type { HermesEvent } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import type { Seen } from '@hermes/profiles/features/aggregate';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import { seenBy, type Stamp, stampOf } from '@hermes/profiles/features/see-event';
import { addToSeries, newSeries, type Series } from '@hermes/profiles/features/series';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import type { FeatureInjection } from './counting-job.ts';
import { FillMark, fillMarkKey } from './fill-mark.ts';
import { appends, type CountingContext, groupKey, subjectIn } from './state-of-subject.ts';

/** The state is not where this fill believed: it begins again from the mark. */
export class FillMovedError extends Error {
  override readonly name = 'FillMovedError';
}

/** An event of history with its place on `<project>.events`. */
export interface PastEvent {
  readonly partition: number;
  readonly offset: number;
  readonly event: HermesEvent;
}

/** One version that is being filled, with its mark. */
export interface FilledVersion {
  readonly feature: CompiledFeature;
  readonly mark: FillMark;
}

/** What history says of one subject. */
export interface FilledSubject {
  readonly subject: string;
  readonly parts: readonly { readonly feature: CompiledFeature; readonly series: Series; readonly events: number }[];
  /** Up to when the subject's events were taken to be erased; 0 when they were not. */
  readonly erasedAtMs: number;
}

export interface HistoryOf {
  /** Ordered by subject when the features are of the event's subject. */
  readonly events: AsyncIterable<PastEvent>;
  erasedAtMs(subject: string): number;
}

/** With a time to live the order of receipt matters, which history does not keep. */
function seriesOf(feature: CompiledFeature, seen: readonly Seen[]): Series {
  const series = newSeries(feature);
  const ordered = feature.ttlMs === undefined ? seen : seen.toSorted((a, b) => a.receivedAtMs - b.receivedAtMs);
  for (const one of ordered) addToSeries(series, one);
  return series;
}

/** Events of one subject, by feature. */
class Gathered {
  private readonly seen = new Map<CompiledFeature, Seen[]>();

  /** Takes the event for the versions that history counts it for: those whose cut is behind it. */
  take(versions: readonly FilledVersion[], { event, partition, offset }: PastEvent, stamp: Stamp): void {
    for (const { feature, mark } of versions) {
      const cut = mark.cuts.length === 1 ? mark.cuts[0]! : mark.cuts[partition]!;
      if (offset >= cut || !feature.types.includes(event.type)) continue;
      const one = seenBy(feature, event, stamp);
      if (one === undefined) continue;
      const list = this.seen.get(feature);
      if (list === undefined) this.seen.set(feature, [one]);
      else list.push(one);
    }
  }

  get isEmpty(): boolean {
    return this.seen.size === 0;
  }

  filled(subject: string, erasedAtMs: number): FilledSubject {
    const parts = [...this.seen].map(([feature, list]) => ({
      feature,
      series: seriesOf(feature, list),
      events: list.length,
    }));
    return { subject, parts, erasedAtMs };
  }
}

/** What history says of features of the event's subject, subject by subject. Keeps one subject's events in memory. */
export async function* fillsBySubject(
  versions: readonly FilledVersion[],
  history: HistoryOf,
): AsyncGenerator<FilledSubject> {
  let subject = '';
  let erasedAtMs = 0;
  let gathered = new Gathered();
  for await (const past of history.events) {
    if (past.event.subject !== subject) {
      if (!gathered.isEmpty) yield gathered.filled(subject, erasedAtMs);
      gathered = new Gathered();
      subject = past.event.subject;
      erasedAtMs = history.erasedAtMs(subject);
    }
    const stamp = stampOf(past.event);
    if (stamp.timeMs > erasedAtMs) gathered.take(versions, past, stamp);
  }
  if (!gathered.isEmpty) yield gathered.filled(subject, erasedAtMs);
}

/** How many keys a pass over history may hold. */
const MAX_KEYS_PER_PASS = 100_000;

/** Too many keys for one pass: the caller divides them over more. */
export class TooManyKeysError extends Error {
  override readonly name = 'TooManyKeysError';
}

/** Which keys a pass over history takes. */
export interface KeyShare {
  /** Of the keyed topic. */
  readonly wanted: readonly number[];
  readonly partitions: number;
  readonly pass: number;
  readonly passes: number;
}

/**
 * What history says of features of another key, for the keys of some partitions, by partition and in the order of the keys. History is not
 * ordered by them, so all of them are in memory at once; `pass` of `passes` takes a share of the keys only.
 *
 * @throws TooManyKeysError
 */
export async function fillsByKey(
  versions: readonly FilledVersion[],
  history: HistoryOf,
  { wanted, partitions, pass, passes }: KeyShare,
): Promise<ReadonlyMap<number, readonly FilledSubject[]>> {
  const byKey = new Map(wanted.map((partition) => [partition, new Map<string, Gathered>()]));
  let keys = 0;
  for await (const past of history.events) {
    const stamp = stampOf(past.event);
    if (stamp.timeMs <= history.erasedAtMs(past.event.subject)) continue;
    for (const version of versions) {
      const key = version.feature.keyIn?.(past.event);
      const mine = key === undefined ? undefined : byKey.get(partitionOf(key, partitions));
      if (key === undefined || mine === undefined) continue;
      // Another modulus on the same hash: the shares do not depend on the partition.
      if (passes > 1 && Math.floor(partitionOf(key, partitions * passes) / partitions) !== pass) continue;
      if (stamp.timeMs <= history.erasedAtMs(key)) continue;
      let gathered = mine.get(key);
      if (gathered === undefined) {
        keys += 1;
        if (keys > MAX_KEYS_PER_PASS) throw new TooManyKeysError(`more than ${MAX_KEYS_PER_PASS} keys in one pass`);
        gathered = new Gathered();
        mine.set(key, gathered);
      }
      gathered.take([version], past, stamp);
    }
  }
  return new Map(
    [...byKey].map(([partition, mine]) => [
      partition,
      [...mine]
        .filter(([, gathered]) => !gathered.isEmpty)
        .sort(([a], [b]) => compareBytes(a, b))
        .map(([key, gathered]) => gathered.filled(key, history.erasedAtMs(key))),
    ]),
  );
}

/** The order of texts by their bytes in UTF-8, which is history's. */
export const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Where the marks of a fill go. */
export interface MarkMove {
  readonly feature: CompiledFeature;
  /** The mark that this fill goes on from; undefined before the first. */
  readonly before: FillMark | undefined;
  readonly after: FillMark;
}

/** Every state key that the injection touches. */
const keysOf = (fills: readonly FilledSubject[], moves: readonly MarkMove[]): readonly string[] => [
  ...moves.map(({ feature }) => fillMarkKey(feature.slot)),
  ...new Set(fills.flatMap(({ subject, parts }) => parts.map(({ feature }) => groupKey(subject, feature.group)))),
];

/**
 * Merges fills into their profiles, and moves the marks, in one step.
 *
 * @throws FillMovedError (nothing changed) when the state has another mark, or a subject was erased since its events were read
 */
export function fillInjection(fills: readonly FilledSubject[], moves: readonly MarkMove[]): FeatureInjection {
  return {
    keys: keysOf(fills, moves),
    apply(context) {
      for (const { feature, before, after } of moves) {
        const key = fillMarkKey(feature.slot);
        const mark = context.get(key);
        const stands = before === undefined ? mark === undefined : mark instanceof FillMark && sameMark(mark, before);
        if (!stands) throw new FillMovedError(`the fill of ${feature.feature.id} has gone on elsewhere`);
        context.set(key, after);
      }
      for (const fill of fills) mergeSubject(context, fill);
    },
  };
}

function mergeSubject(context: CountingContext, { subject, parts, erasedAtMs }: FilledSubject): void {
  for (const group of new Set(parts.map(({ feature }) => feature.group))) {
    const key = groupKey(subject, group);
    const known = subjectIn(context.get(key));
    const state = known ?? new SubjectState();
    if ((state.erasedAtMs ?? 0) > erasedAtMs) throw new FillMovedError('a subject was erased meanwhile');
    // Asked before the state changes: only large values grow by segments.
    const segment = known !== undefined && appends(state) ? new SubjectState() : undefined;
    for (const { feature, series } of parts) {
      if (feature.group !== group) continue;
      state.mergeFeature(feature, series);
      segment?.mergeFeature(feature, series);
    }
    if (segment === undefined) {
      context.set(key, state);
      continue;
    }
    const bytes = segment.encode();
    state.storedBytes += bytes.length;
    context.append(key, state, bytes);
  }
}

const sameMark = (a: FillMark, b: FillMark): boolean =>
  a.cursor === b.cursor && a.isDone === b.isDone && a.events === b.events;
