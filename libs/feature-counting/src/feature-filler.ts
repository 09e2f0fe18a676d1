import { cutOf } from '@hermes/stream-runtime/definition-cuts';
import type { RedisOrCluster } from '@hermes/connectors/redis/client';
import type { HermesEvent } from '@hermes/contracts/event';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import { InjectionOutcomeUnknownError } from '@hermes/stream-runtime/injection-queue';
import type { RuntimeLogger } from '@hermes/stream-runtime/runtime-logger';
import { definitionCutsKey, stateKey } from '@hermes/stream-runtime/state-keys';
import type { CountingJob, FeatureInjection } from './counting-job.ts';
import { FillMark, fillMarkKey } from './fill-mark.ts';
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

const nameOf = ({ job, partitions }: Place): string => `${job.job}/${partitions.join()}`;

/** What is to be filled in one partition from one place in history on. */
interface Fill {
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
  /** What needs no look any more, by `doneKey`. */
  private readonly done = new Set<string>();
  private readonly retryAtMs = new Map<string, number>();
  private readonly failures = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private working: Promise<void> | undefined;
  private isClosed = false;

  constructor(parts: FillerParts) {
    this.parts = parts;
    this.timer = setInterval(() => {
      this.working ??= this.fillAll().finally(() => (this.working = undefined));
    }, LOOK_EVERY_MS);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.timer);
    await this.working;
  }

  private async fillAll(): Promise<void> {
    const due = this.places().filter((place) => (this.retryAtMs.get(nameOf(place)) ?? 0) <= performance.now());
    const take = async (): Promise<void> => {
      for (let place = due.shift(); place !== undefined && !this.isClosed; place = due.shift())
        await this.attempt(place);
    };
    await Promise.all(Array.from({ length: FILLS_AT_ONCE }, take));
  }

  private async attempt(place: Place): Promise<void> {
    try {
      await this.fill(place);
      this.failures.delete(nameOf(place));
      for (const { slot } of place.features) this.parts.onTrouble(slot, null);
    } catch (error) {
      this.failed(place, error);
    }
  }

  private failed(place: Place, error: unknown): void {
    if (this.isClosed) return;
    // The state decides how to go on: begin again from its marks, at once.
    if (error instanceof FillMovedError || error instanceof InjectionOutcomeUnknownError) return;
    const failures = (this.failures.get(nameOf(place)) ?? 0) + 1;
    this.failures.set(nameOf(place), failures);
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 6), LONGEST_PAUSE_MS);
    this.retryAtMs.set(nameOf(place), performance.now() + pauseMs);
    const reason = error instanceof Error ? error.message : String(error);
    for (const { slot } of place.features) this.parts.onTrouble(slot, reason);
    this.parts.logger.warn(
      { err: error, project: this.parts.project, job: place.job.job, partitions: place.partitions },
      'the fill of features waits, and is tried again',
    );
  }

  /** Versions of the newest sets that are not answered yet, by the partitions that are owned here. */
  private places(): readonly Place[] {
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
      const isDue = ({ slot }: CompiledFeature, partition: number): boolean =>
        !this.done.has(doneKey(job, partition, slot));
      for (const partitions of job.counts === 'keys' ? [owned] : owned.map((partition) => [partition])) {
        const features = filling.filter((feature) => partitions.some((partition) => isDue(feature, partition)));
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
        const mark = (await this.markOf(job, partition, feature)) ?? (await this.begin(job, partition, feature));
        if (mark === undefined) continue;
        if (mark.isDone) this.done.add(doneKey(job, partition, feature.slot));
        else byCursor.set(mark.cursor, [...(byCursor.get(mark.cursor) ?? []), { feature, mark }]);
      }
      for (const [cursor, versions] of byCursor) {
        const merge = new FillMerge(versions, (fills, moves) => inject(job, partition, fillInjection(fills, moves)));
        const name = `${cursor} ${versions.map(({ feature }) => feature.slot).join(',')}`;
        together.set(name, [...(together.get(name) ?? []), { partition, versions, cursor, merge }]);
      }
    }
    for (const fills of together.values()) {
      if (job.counts === 'keys') await this.fillKeys(fills);
      else for (const fill of fills) await this.fillSubjects(fill);
    }
  }

  private async fillSubjects({ partition, versions, cursor, merge }: Fill): Promise<void> {
    const read = this.parts.history.events({
      types: typesOf(versions),
      partition,
      untilOffset: Math.max(...versions.map(({ mark }) => mark.cuts[0]!)),
      afterSubject: cursor === '' ? undefined : cursor,
    });
    const { erasedAtMs } = this.parts;
    for await (const filled of fillsBySubject(versions, { events: placed(partition, read.events), erasedAtMs })) {
      if (this.isClosed) return;
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
              if (this.isClosed) return;
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

  private async markOf(
    { job }: CountingJob,
    partition: number,
    { slot }: CompiledFeature,
  ): Promise<FillMark | undefined> {
    const bytes = await this.parts.redis.getBuffer(stateKey(job, this.parts.project, partition, fillMarkKey(slot)));
    return bytes === null ? undefined : FillMark.decode(bytes);
  }

  /** Keeps the cut, since which sets a partition has switched to is remembered for a while only; undefined when there is none yet. */
  private async begin(job: CountingJob, partition: number, feature: CompiledFeature): Promise<FillMark | undefined> {
    const cuts = await this.cutsOf(job, partition, feature);
    if (cuts === undefined) return undefined;
    const after = new FillMark({ cuts, isDone: false, cursor: '', events: 0, keptSince: '' });
    await inject(job, partition, fillInjection([], [{ feature, before: undefined, after }]));
    return after;
  }

  /**
   * Where live counting begins, by partition of `<project>.events`: of this partition for the event's subject, of all for other keys, whose
   * events come from everywhere. undefined while a partition has not switched.
   */
  private async cutsOf(
    job: CountingJob,
    partition: number,
    feature: CompiledFeature,
  ): Promise<readonly number[] | undefined> {
    const { project, partitions, redis, eventsJob } = this.parts;
    const first = job.firstSetWith(feature);
    if (first === undefined) return undefined;
    const wanted = job.counts === 'subjects' ? [partition] : Array.from({ length: partitions }, (_, i) => i);
    const cuts: number[] = [];
    for (const one of wanted) {
      const cut = cutOf(await redis.hgetall(definitionCutsKey(eventsJob, project, one)), first);
      if (cut === undefined) return undefined;
      cuts.push(cut);
    }
    return cuts;
  }
}

const doneKey = ({ job }: CountingJob, partition: number, slot: number): string => `${job}/${partition}/${slot}`;

async function inject(job: CountingJob, partition: number, injection: FeatureInjection): Promise<void> {
  const outcome = await job.inject(partition, injection);
  if (outcome === 'not-owned') throw new FillMovedError('another process owns the partition now');
}

const typesOf = (versions: readonly FilledVersion[]): readonly string[] => [
  ...new Set(versions.flatMap(({ feature }) => feature.types)),
];

async function* placed(
  partition: number,
  events: AsyncIterable<{ readonly offset: number; readonly event: HermesEvent }>,
): AsyncGenerator<PastEvent> {
  for await (const { offset, event } of events) yield { partition, offset, event };
}
