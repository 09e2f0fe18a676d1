import type { BeatingComponent, ServiceMetrics } from './metrics.ts';

/** A partition of what is watched; `topic` where that reads several. */
export interface PartitionPlace {
  readonly topic?: string;
  readonly partition: number;
}

/** What partition processors and landings tell: all that is needed of their observers. */
interface PartitionObserver {
  onClaimed?(place: PartitionPlace): void;
  onReleased?(place: PartitionPlace): void;
  onStopped?(info: PartitionPlace & { readonly code: string; readonly message: string }): void;
}

export interface PartitionFaultsTimes {
  /** Claimed and not stopped for so long: it works. */
  readonly provenMs: number;
  /** A first defect that has not been claimed again after so long is a fault. */
  readonly defectMs: number;
}

const TIMES: PartitionFaultsTimes = { provenMs: 5_000, defectMs: 3_000 };

interface Watched {
  readonly name: string;
  phase: 'unclaimed' | 'trying' | 'proven' | 'stopped';
  /** Since it last worked. */
  stops: number;
  beats: BeatingComponent | undefined;
  timer: NodeJS.Timeout | undefined;
}

const keyOf = ({ topic, partition }: PartitionPlace): string =>
  topic === undefined ? String(partition) : `${topic}/${String(partition)}`;

/**
 * Tells alerting of the partitions of one job in one project that do not run. A partition that works beats nowhere: its process does
 * that. One that stopped is a component `partition/<job>/<project>/<partition>` with a fault, for as long as this process has it. Who
 * claims a partition and works on it without a stop for some seconds says so with a beat and `stopping`: that resolves the alert also
 * when another process raised it and is dead.
 *
 * Stops that only a person can mend are told at once. A defect is tried again by the processor: it is told when it comes
 * back or lasts, so that a server that was away for a moment raises nothing. `fenced` is no fault: another process has the partition.
 */
export class PartitionFaults {
  private readonly metrics: Pick<ServiceMetrics, 'component'>;
  private readonly job: string;
  private readonly project: string;
  private readonly times: PartitionFaultsTimes;
  private readonly watched = new Map<string, Watched>();

  constructor(metrics: Pick<ServiceMetrics, 'component'>, job: string, project: string, times = TIMES) {
    this.metrics = metrics;
    this.job = job;
    this.project = project;
    this.times = times;
  }

  /** The same observer, which tells this watch as well. */
  observing<O extends PartitionObserver>(observer: O): O {
    return {
      ...observer,
      onClaimed: (place: PartitionPlace) => {
        this.claimed(place);
        observer.onClaimed?.(place);
      },
      onReleased: (place: PartitionPlace) => {
        this.released(place);
        observer.onReleased?.(place);
      },
      onStopped: (info: PartitionPlace & { readonly code: string; readonly message: string }) => {
        this.stopped(info, info.code, info.message);
        observer.onStopped?.(info);
      },
    };
  }

  private claimed(place: PartitionPlace): void {
    const watched = this.of(place);
    if (watched.phase === 'proven') return;
    watched.phase = 'trying';
    later(watched, this.times.provenMs, () => {
      watched.phase = 'proven';
      watched.stops = 0;
      const beats = watched.beats ?? this.metrics.component(watched.name, this.project);
      watched.beats = undefined;
      beats.fault(undefined);
      void beats.stop();
    });
  }

  private stopped(place: PartitionPlace, code: string, message: string): void {
    if (code === 'fenced') return this.released(place);
    const watched = this.of(place);
    watched.phase = 'stopped';
    watched.stops += 1;
    clearTimeout(watched.timer);
    const tell = (): void => {
      watched.beats ??= this.metrics.component(watched.name, this.project, message);
      watched.beats.fault(message);
    };
    if (code !== 'defect' || watched.stops > 1) tell();
    else later(watched, this.times.defectMs, tell);
  }

  private released(place: PartitionPlace): void {
    const key = keyOf(place);
    const watched = this.watched.get(key);
    clearTimeout(watched?.timer);
    watched?.beats?.leave();
    this.watched.delete(key);
  }

  private of(place: PartitionPlace): Watched {
    const key = keyOf(place);
    const name = `partition/${this.job}/${this.project}/${key}`;
    const watched = this.watched.get(key) ?? { name, phase: 'unclaimed', stops: 0, beats: undefined, timer: undefined };
    this.watched.set(key, watched);
    return watched;
  }
}

function later(watched: Watched, delayMs: number, work: () => void): void {
  clearTimeout(watched.timer);
  watched.timer = setTimeout(work, delayMs).unref();
}
