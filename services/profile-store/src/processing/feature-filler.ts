import type { HermesEvent } from '@hermes/contracts/event';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { cutOf } from '@hermes/stream-runtime/definition-cuts';
import { InjectionOutcomeUnknownError } from '@hermes/stream-runtime/injection-queue';
import type { RunningProcessor } from '@hermes/stream-runtime/processor-options';
import type { RuntimeLogger } from '@hermes/stream-runtime/runtime-logger';
import { definitionCutsKey, stateKey } from '@hermes/stream-runtime/state-keys';
import type { Cluster, Redis } from 'ioredis';
import { FillMark, fillMarkKey } from './fill-mark.ts';
import {
  type Filled,
  fillInjection,
  fillsByKey,
  fillsBySubject,
  FillMovedError,
  TooManyKeysError,
} from './fill-partition.ts';
import { KEYED_JOB, PROFILE_JOB, type ProfileJob, type ProfileValue } from './state-of-subject.ts';

const LOOK_EVERY_MS = 250;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** Profiles that a step of a fill changes at most; it shares the partition with the records. */
const SUBJECTS_PER_STEP = 60;

/** Events of history, for one feature. */
export interface HistoryQuery {
  readonly types: readonly string[];
  /** Of `<project>.events`, before this offset. */
  readonly partition: number;
  readonly untilOffset: number;
  /** Only subjects after this one, in the order of their bytes. */
  readonly afterSubject: string | undefined;
}

export interface History {
  /** Ordered by subject. Everything before the offset is there, or it throws. */
  events(query: HistoryQuery): { readonly events: AsyncIterable<HermesEvent>; readonly keptSince: () => string };
}

export interface FillerParts {
  readonly project: string;
  readonly partitions: number;
  readonly processors: Readonly<Record<ProfileJob, RunningProcessor<ProfileValue, FeatureSet>>>;
  /** For marks and cuts, beside the processors. */
  readonly redis: Redis | Cluster;
  readonly history: History;
  readonly erasedAtMs: (subject: string) => number;
  readonly logger: RuntimeLogger;
  /** Why a fill waits; null when it goes on. */
  readonly onTrouble: (slot: number, reason: string | null) => void;
}

/** Where a fill is due: one version in one partition that this process owns. */
interface Task {
  readonly job: ProfileJob;
  readonly feature: CompiledFeature;
  readonly partition: number;
}

/**
 * Fills new feature versions from history, partition by partition, each by the process that owns it. A version counts live from the offset
 * on at which the partition switched to the first set that has it; what stands before that offset comes from history, once. Every step of
 * a fill is a step of the partition, with the mark of how far it has got: so nothing is missing and nothing counts twice, whoever is
 * killed when.
 */
export class FeatureFiller {
  private readonly parts: FillerParts;
  private readonly done = new Set<string>();
  private readonly retryAtMs = new Map<string, number>();
  private readonly failures = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private isClosed = false;

  constructor(parts: FillerParts) {
    this.parts = parts;
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.timer);
    await this.working;
  }

  private look(): void {
    this.working ??= this.fillAll().finally(() => (this.working = undefined));
  }

  private async fillAll(): Promise<void> {
    for (const task of this.tasks()) {
      const name = `${task.job}/${task.feature.slot}/${task.partition}`;
      if (this.isClosed) return;
      if (this.done.has(name) || (this.retryAtMs.get(name) ?? 0) > performance.now()) continue;
      try {
        if ((await this.fill(task)) === 'not-yet') continue;
        this.done.add(name);
        this.failures.delete(name);
        this.parts.onTrouble(task.feature.slot, null);
      } catch (error) {
        this.failed(name, task, error);
      }
    }
  }

  private failed(name: string, { feature, partition }: Task, error: unknown): void {
    if (this.isClosed) return;
    // The state decides how to go on: begin again from its mark, at once.
    if (error instanceof FillMovedError || error instanceof InjectionOutcomeUnknownError) return;
    const failures = (this.failures.get(name) ?? 0) + 1;
    this.failures.set(name, failures);
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 6), LONGEST_PAUSE_MS);
    this.retryAtMs.set(name, performance.now() + pauseMs);
    const reason = error instanceof Error ? error.message : String(error);
    this.parts.onTrouble(feature.slot, reason);
    this.parts.logger.warn(
      { err: error, project: this.parts.project, feature: feature.feature.id, partition },
      'the fill of a feature waits, and is tried again',
    );
  }

  /** Versions of the newest set that are not answered yet, in the partitions that are owned here. */
  private tasks(): readonly Task[] {
    const tasks: Task[] = [];
    for (const job of [PROFILE_JOB, KEYED_JOB] as const) {
      const processor = this.parts.processors[job];
      const features = processor.definitions()?.value;
      if (features === undefined) continue;
      for (const feature of features.bySlot.values()) {
        if ((feature.keyIn === undefined) !== (job === PROFILE_JOB)) continue;
        const answered = features.answered.get(feature.feature.id);
        if (answered?.kind === 'counted' && answered.feature.slot === feature.slot) continue;
        for (const partition of processor.owned()) tasks.push({ job, feature, partition });
      }
    }
    return tasks;
  }

  private async fill(task: Task): Promise<'filled' | 'not-yet' | 'not-owned'> {
    let mark = await this.markOf(task);
    if (mark?.isDone === true) return 'filled';
    if (mark === undefined) {
      const cuts = await this.cutsOf(task);
      if (cuts === undefined) return 'not-yet';
      // The cut is kept at once: which sets a partition has switched to is remembered for a while only.
      mark = new FillMark({ cuts, isDone: false, cursor: '', events: 0, keptSince: '' });
      if ((await this.inject(task, [], undefined, mark)) === 'not-owned') return 'not-owned';
    }
    return task.job === PROFILE_JOB ? this.fillSubjects(task, mark) : this.fillKeys(task, mark);
  }

  private async fillSubjects(task: Task, from: FillMark): Promise<'filled' | 'not-owned'> {
    const { feature, partition } = task;
    const { events, keptSince } = this.parts.history.events({
      types: feature.types,
      partition,
      untilOffset: from.cuts[0]!,
      afterSubject: from.cursor === '' ? undefined : from.cursor,
    });
    const fills = fillsBySubject(feature, { events, erasedAtMs: this.parts.erasedAtMs });
    return this.merge(task, from, fills, keptSince);
  }

  private async fillKeys(task: Task, from: FillMark): Promise<'filled' | 'not-owned'> {
    let mark = from;
    // Passes go by keys, so a cursor of another number of passes would mean nothing: fills of other keys go on from the first key.
    for (let passes = 1; ; passes *= 4) {
      try {
        const all: Filled[] = [];
        let keptSince = '';
        for (let pass = 0; pass < passes; pass++) {
          const read = await this.keysOf(task, mark, pass, passes);
          keptSince = read.keptSince;
          if (passes === 1) all.push(...read.fills);
          else {
            // With several passes the share of each is merged before the next is read; the cursor stands at the pass.
            const outcome = await this.mergePass(task, mark, read.fills, pass, passes, keptSince);
            if (outcome === 'not-owned') return outcome;
            mark = outcome;
          }
        }
        if (passes === 1)
          return await this.merge(
            task,
            mark,
            all.filter(({ subject }) => isAfter(subject, mark.cursor)),
            () => keptSince,
          );
        return this.finish(task, mark, keptSince);
      } catch (error) {
        if (!(error instanceof TooManyKeysError) || mark !== from) throw error;
      }
    }
  }

  private async keysOf(
    { feature, partition }: Task,
    mark: FillMark,
    pass: number,
    passes: number,
  ): Promise<{ readonly fills: readonly Filled[]; readonly keptSince: string }> {
    let keptSince = '';
    const { history, partitions, erasedAtMs } = this.parts;
    const { cuts } = mark;
    async function* all(): AsyncGenerator<HermesEvent> {
      for (const [from, untilOffset] of cuts.entries()) {
        const read = history.events({ types: feature.types, partition: from, untilOffset, afterSubject: undefined });
        yield* read.events;
        keptSince = read.keptSince();
      }
    }
    const fills = await fillsByKey(feature, { events: all(), erasedAtMs }, { partition, partitions, pass, passes });
    return { fills, keptSince };
  }

  private async mergePass(
    task: Task,
    from: FillMark,
    fills: readonly Filled[],
    pass: number,
    passes: number,
    keptSince: string,
  ): Promise<FillMark | 'not-owned'> {
    const prefix = `~${passes}/${String(pass).padStart(6, '0')} `;
    let mark = from;
    const left = fills.filter(({ subject }) => isAfter(`${prefix}${subject}`, from.cursor));
    for (let at = 0; at < left.length; at += SUBJECTS_PER_STEP) {
      const some = left.slice(at, at + SUBJECTS_PER_STEP);
      const next = moved(mark, `${prefix}${some.at(-1)!.subject}`, some, keptSince, false);
      if ((await this.inject(task, some, mark, next)) === 'not-owned') return 'not-owned';
      mark = next;
    }
    return mark;
  }

  private async merge(
    task: Task,
    from: FillMark,
    fills: AsyncIterable<Filled> | Iterable<Filled>,
    keptSince: () => string,
  ): Promise<'filled' | 'not-owned'> {
    let mark = from;
    let some: Filled[] = [];
    const step = async (): Promise<'applied' | 'not-owned'> => {
      const next = moved(mark, some.at(-1)!.subject, some, keptSince(), false);
      const outcome = await this.inject(task, some, mark, next);
      mark = next;
      some = [];
      return outcome;
    };
    for await (const filled of fills) {
      if (this.isClosed) return 'not-owned';
      some.push(filled);
      if (some.length >= SUBJECTS_PER_STEP && (await step()) === 'not-owned') return 'not-owned';
    }
    if (some.length > 0 && (await step()) === 'not-owned') return 'not-owned';
    return this.finish(task, mark, keptSince());
  }

  private async finish(task: Task, mark: FillMark, keptSince: string): Promise<'filled' | 'not-owned'> {
    const outcome = await this.inject(task, [], mark, moved(mark, mark.cursor, [], keptSince, true));
    return outcome === 'applied' ? 'filled' : 'not-owned';
  }

  private inject(
    { job, feature, partition }: Task,
    fills: readonly Filled[],
    before: FillMark | undefined,
    after: FillMark,
  ): Promise<'applied' | 'not-owned'> {
    return this.parts.processors[job].inject(partition, fillInjection(feature, fills, before, after));
  }

  private async markOf({ job, feature, partition }: Task): Promise<FillMark | undefined> {
    const bytes = await this.parts.redis.getBuffer(
      stateKey(job, this.parts.project, partition, fillMarkKey(feature.slot)),
    );
    return bytes === null ? undefined : FillMark.decode(bytes);
  }

  /**
   * Where live counting begins, by partition of `<project>.events`: of this partition for the event's subject, of all for other keys, whose
   * events come from everywhere. undefined while a partition has not switched.
   */
  private async cutsOf({ job, feature, partition }: Task): Promise<readonly number[] | undefined> {
    const { project, partitions, redis, processors } = this.parts;
    const first = processors[job].firstSetWith(feature.feature.id, feature.feature.version);
    if (first === undefined) return undefined;
    const wanted = job === PROFILE_JOB ? [partition] : Array.from({ length: partitions }, (_, i) => i);
    const cuts: number[] = [];
    for (const one of wanted) {
      const cut = cutOf(await redis.hgetall(definitionCutsKey(PROFILE_JOB, project, one)), first);
      if (cut === undefined) return undefined;
      cuts.push(cut);
    }
    return cuts;
  }
}

const isAfter = (subject: string, cursor: string): boolean =>
  cursor === '' || Buffer.compare(Buffer.from(subject), Buffer.from(cursor)) > 0;

const eventsIn = (fills: readonly Filled[]): number => fills.reduce((sum, { events }) => sum + events, 0);

const moved = (
  from: FillMark,
  cursor: string,
  fills: readonly Filled[],
  keptSince: string,
  isDone: boolean,
): FillMark => new FillMark({ cuts: from.cuts, isDone, cursor, events: from.events + eventsIn(fills), keptSince });
