import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { HermesEvent } from '@hermes/contracts/event';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import { InjectionOutcomeUnknownError } from '@hermes/stream-runtime/injection-queue';
import type { RuntimeLogger } from '@hermes/stream-runtime/runtime-logger';
import type { CountingJob } from './counting-job.ts';
import { FillMarks, inject } from './fill-marks.ts';
import { FillMerge } from './fill-merge.ts';
import {
  type FilledSubject,
  type FilledVersion,
  fillInjection,
  fillsByKey,
  fillsBySubject,
  FillMovedError,
  type PastEvent,
  TooManyKeysError,
} from './fill-partition.ts';

const LOOK_EVERY_MS = 250;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** Most of a fill is waiting: for what has landed, for the answer of history, for the step. */
const FILLS_AT_ONCE = 4;
const MOST_FILLS_AT_ONCE = 16;
/** Each has a mark that moves in every step, and a step takes 200 keys. */
const VERSIONS_OF_A_FILL = 50;
const MOST_PASSES = 1_024;

export interface HistoryQuery {
  readonly types: readonly string[];
  /** Of `<project>.events`, before this offset. */
  readonly partition: number;
  readonly untilOffset: number;
  /** Only subjects after this one, in the order of their bytes. */
  readonly afterSubject: string | undefined;
}

export interface History {
  /** Ordered by subject, with their offsets. Everything before the offset is there, or it throws. */
  events(query: HistoryQuery): {
    readonly events: AsyncIterable<{ readonly offset: number; readonly event: HermesEvent }>;
    /** From which receipt on history is kept; known when the first event, or the end, was read. */
    readonly keptSince: () => string;
  };
}

export interface FillerParts {
  readonly project: string;
  readonly partitions: number;
  readonly jobs: readonly CountingJob[];
  /** The job that reads `<project>.events`, and whose switches of definition sets therefore say where counting began. */
  readonly eventsJob: string;
  /** For marks and cuts, beside the processors. */
  readonly redis: RedisOrCluster;
  readonly history: History;
  readonly erasedAtMs: (subject: string) => number;
  readonly logger: RuntimeLogger;
  /** Why a fill waits; null when it goes on. */
  readonly onTrouble: (slot: number, reason: string | null) => void;
}

/** Partitions that this process owns, and the versions that are to be filled there: one of the first job, all of the second. */
interface Place {
  readonly job: CountingJob;
  readonly partitions: readonly number[];
  readonly features: readonly CompiledFeature[];
}

/** The versions of a place, partition by partition. */
const keysOf = ({ job, partitions, features }: Place): readonly string[] =>
  partitions.flatMap((partition) => features.map(({ slot }) => keyOf(job, partition, slot)));

/** What is to be filled in one partition from one place in history on. */
interface Fill {
  readonly job: CountingJob;
  readonly partition: number;
  readonly versions: readonly FilledVersion[];
  readonly cursor: string;
  readonly merge: FillMerge;
}

/**
 * Fills new feature versions from history, partition by partition, each by the process that owns it. A version counts live from the offset
 * on at which the partition switched to the first set that has it; what stands before that offset comes from history, once. Every step of
 * a fill is a step of the partition, with the marks of how far it has got: so nothing is missing and nothing counts twice, whoever is
 * killed when.
 */
export class FeatureFiller {
  private readonly parts: FillerParts;
  private readonly marks: FillMarks;
  /** By `keyOf`: what has a mark; what needs no look any more; what is being filled now, each with its slot. */
  private readonly marked = new Set<string>();
  private readonly done = new Set<string>();
  private readonly busy = new Map<string, number>();
  private readonly retryAtMs = new Map<string, number>();
  private readonly failures = new Map<string, number>();
  /** Why partitions wait, by slot and `keyOf`. */
  private readonly troubles = new Map<number, Map<string, string>>();
  private readonly timer: NodeJS.Timeout;
  private marking: Promise<void> | undefined;
  private readonly working = new Set<Promise<void>>();
  private isClosed = false;

  constructor(parts: FillerParts) {
    this.parts = parts;
    this.marks = new FillMarks(parts);
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.timer);
    await Promise.all([this.marking, ...this.working]);
  }

  private look(): void {
    // By itself: where counting began must not wait for fills that take hours.
    this.marking ??= this.markAll().finally(() => (this.marking = undefined));
    for (const place of this.places((job, partition, { slot }) => this.isDue(keyOf(job, partition, slot)))) {
      if (!this.mayBegin(place)) continue;
      const keys = keysOf(place);
      for (const { slot } of place.features)
        for (const partition of place.partitions) this.busy.set(keyOf(place.job, partition, slot), slot);
      const work = this.attempt(place).finally(() => {
        for (const key of keys) this.busy.delete(key);
        this.working.delete(work);
      });
      this.working.add(work);
    }
  }

  private isDue(key: string): boolean {
    return (
      this.marked.has(key) &&
      !this.done.has(key) &&
      !this.busy.has(key) &&
      (this.retryAtMs.get(key) ?? 0) <= performance.now()
    );
  }

  /** A version that is filled nowhere yet does not wait behind one that is filled in many partitions. */
  private mayBegin({ features }: Place): boolean {
    if (this.working.size < FILLS_AT_ONCE) return true;
    const underWay = new Set(this.busy.values());
    return this.working.size < MOST_FILLS_AT_ONCE && !features.some(({ slot }) => underWay.has(slot));
  }

  private async markAll(): Promise<void> {
    for (const { job, partitions, features } of this.places(
      (job, partition, { slot }) => !this.marked.has(keyOf(job, partition, slot)),
    )) {
      for (const partition of partitions) {
        const missing: CompiledFeature[] = [];
        for (const feature of features) {
          if (this.isClosed) return;
          const key = keyOf(job, partition, feature.slot);
          if (this.marked.has(key)) continue;
          try {
            if ((await this.marks.read(job, partition, feature)) === undefined) missing.push(feature);
            else this.marked.add(key);
          } catch (error) {
            this.trouble(feature.slot, key, reasonOf(error));
          }
        }
        await this.begin(job, partition, missing);
      }
    }
  }

  private async begin(job: CountingJob, partition: number, features: readonly CompiledFeature[]): Promise<void> {
    if (features.length === 0) return;
    const wait = ({ slot }: CompiledFeature, error: unknown): void =>
      this.trouble(slot, keyOf(job, partition, slot), reasonOf(error));
    try {
      for (const { slot } of await this.marks.begin(job, partition, features, wait)) {
        this.marked.add(keyOf(job, partition, slot));
        this.trouble(slot, keyOf(job, partition, slot), null);
      }
    } catch (error) {
      // Whoever owns the partition now marks them.
      if (error instanceof FillMovedError || error instanceof InjectionOutcomeUnknownError) return;
      for (const feature of features) wait(feature, error);
    }
  }

  private async attempt(place: Place): Promise<void> {
    try {
      await this.fill(place);
      for (const key of keysOf(place)) this.failures.delete(key);
      this.tell(place, null);
    } catch (error) {
      this.failed(place, error);
    }
  }

  private failed(place: Place, error: unknown): void {
    if (this.isClosed) return;
    // The state decides how to go on: begin again from its marks, at once.
    if (error instanceof FillMovedError || error instanceof InjectionOutcomeUnknownError) return;
    for (const key of keysOf(place)) {
      const failures = (this.failures.get(key) ?? 0) + 1;
      this.failures.set(key, failures);
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 6), LONGEST_PAUSE_MS);
      this.retryAtMs.set(key, performance.now() + pauseMs);
    }
    this.tell(place, reasonOf(error));
    this.parts.logger.warn(
      { err: error, project: this.parts.project, job: place.job.job, partitions: place.partitions },
      'the fill of features waits, and is tried again',
    );
  }

  private tell({ job, partitions, features }: Place, reason: string | null): void {
    for (const { slot } of features)
      for (const partition of partitions) this.trouble(slot, keyOf(job, partition, slot), reason);
  }

  /** Tells why the fill of a slot waits, as long as it does in one of the partitions. */
  private trouble(slot: number, key: string, reason: string | null): void {
    const those = this.troubles.get(slot) ?? new Map<string, string>();
    this.troubles.set(slot, those);
    if (reason === null) those.delete(key);
    else those.set(key, reason);
    this.parts.onTrouble(slot, [...those.values()][0] ?? null);
    if (those.size === 0) this.troubles.delete(slot);
  }

  /** Versions of the newest sets that are not answered yet, by the partitions that are owned here, where they are wanted in one of them. */
  private places(
    isWanted: (job: CountingJob, partition: number, feature: CompiledFeature) => boolean,
  ): readonly Place[] {
    const places: Place[] = [];
    for (const job of this.parts.jobs) {
      const set = job.features();
      if (set === undefined) continue;
      const filling = [...set.bySlot.values()].filter((feature) => {
        const answered = set.answered.get(feature.feature.id);
        const isAnswered = answered?.kind === 'counted' && answered.feature.slot === feature.slot;
        return !isAnswered && (feature.keyIn === undefined) === (job.counts === 'subjects');
      });
      const owned = job.owned();
      for (const partitions of job.counts === 'keys' ? [owned] : owned.map((partition) => [partition])) {
        const features = filling.filter((feature) => partitions.some((partition) => isWanted(job, partition, feature)));
        if (features.length > 0) places.push({ job, partitions, features });
      }
    }
    return places;
  }

  private async fill(place: Place): Promise<void> {
    const { job } = place;
    // Versions that are at the same place are read together; of other keys, whose events come from everywhere, in all partitions at once.
    const together = new Map<string, Fill[]>();
    for (const partition of place.partitions) {
      const byCursor = new Map<string, FilledVersion[]>();
      for (const feature of place.features) {
        const mark = await this.marks.read(job, partition, feature);
        if (mark === undefined) continue;
        if (mark.isDone) this.done.add(keyOf(job, partition, feature.slot));
        else byCursor.set(mark.cursor, [...(byCursor.get(mark.cursor) ?? []), { feature, mark }]);
      }
      for (const [cursor, all] of byCursor) {
        for (let at = 0; at < all.length; at += VERSIONS_OF_A_FILL) {
          const versions = all.slice(at, at + VERSIONS_OF_A_FILL);
          const merge = new FillMerge(versions, (fills, moves) => inject(job, partition, fillInjection(fills, moves)));
          const name = `${cursor} ${versions.map(({ feature }) => feature.slot).join(',')}`;
          together.set(name, [...(together.get(name) ?? []), { job, partition, versions, cursor, merge }]);
        }
      }
    }
    for (const fills of together.values()) {
      if (job.counts === 'keys') await this.fillKeys(fills);
      else for (const fill of fills) await this.fillSubjects(fill);
    }
  }

  /** Whether nobody waits for the fill any more. */
  private isOver({ job, versions }: Fill): boolean {
    if (this.isClosed) return true;
    const wanted = job.features()?.bySlot;
    return wanted !== undefined && !versions.some(({ feature }) => wanted.has(feature.slot));
  }

  private async fillSubjects(fill: Fill): Promise<void> {
    const { partition, versions, cursor, merge } = fill;
    const read = this.parts.history.events({
      types: typesOf(versions),
      partition,
      untilOffset: Math.max(...versions.map(({ mark }) => mark.cuts[0]!)),
      afterSubject: cursor === '' ? undefined : cursor,
    });
    const { erasedAtMs } = this.parts;
    for await (const filled of fillsBySubject(versions, { events: placed(partition, read.events), erasedAtMs })) {
      if (this.isOver(fill)) return;
      await merge.add(filled, filled.subject, read.keptSince());
    }
    await merge.finish(read.keptSince());
  }

  /** @param fills - of versions that are at the same place in each of the partitions */
  private async fillKeys(fills: readonly Fill[]): Promise<void> {
    for (let passes = fills[0]!.merge.passes; passes <= MOST_PASSES; passes *= 4) {
      try {
        let keptSince = '';
        for (let pass = 0; pass < passes; pass++) {
          const read = await this.keysOf(fills, pass, passes);
          keptSince = read.keptSince;
          for (const { partition, merge } of fills) {
            for (const filled of read.byPartition.get(partition) ?? []) {
              if (this.isOver(fills[0]!)) return;
              await merge.addKey(filled, pass, passes, keptSince);
            }
          }
        }
        for (const { merge } of fills) await merge.finish(keptSince);
        return;
      } catch (error) {
        // A share that was merged belongs to its number of passes; a first share that is too large has merged nothing.
        if (!(error instanceof TooManyKeysError) || fills.some(({ merge }) => merge.hasMoved)) throw error;
      }
    }
    throw new Error(`the feature has more keys than ${MOST_PASSES} passes over history can hold`);
  }

  private async keysOf(
    fills: readonly Fill[],
    pass: number,
    passes: number,
  ): Promise<{ readonly byPartition: ReadonlyMap<number, readonly FilledSubject[]>; readonly keptSince: string }> {
    const { history, partitions, erasedAtMs } = this.parts;
    const { versions } = fills[0]!;
    const wanted = fills.map(({ partition }) => partition);
    let keptSince = '';
    async function* all(): AsyncGenerator<PastEvent> {
      for (let from = 0; from < partitions; from++) {
        const untilOffset = Math.max(...versions.map(({ mark }) => mark.cuts[from] ?? mark.cuts[0]!));
        if (untilOffset === 0) continue;
        const read = history.events({
          types: typesOf(versions),
          partition: from,
          untilOffset,
          afterSubject: undefined,
        });
        yield* placed(from, read.events);
        keptSince = read.keptSince();
      }
    }
    const share = { wanted, partitions, pass, passes };
    return { byPartition: await fillsByKey(versions, { events: all(), erasedAtMs }, share), keptSince };
  }
}

const keyOf = ({ job }: CountingJob, partition: number, slot: number): string => `${job}/${partition}/${slot}`;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const typesOf = (versions: readonly FilledVersion[]): readonly string[] => [
  ...new Set(versions.flatMap(({ feature }) => feature.types)),
];

async function* placed(
  partition: number,
  events: AsyncIterable<{ readonly offset: number; readonly event: HermesEvent }>,
): AsyncGenerator<PastEvent> {
  for await (const { offset, event } of events) yield { partition, offset, event };
}
