import type { RunState } from '@hermes/contracts/job';
import type { BeatingComponent, LatencyRecorder, ServiceMetrics } from '@hermes/service-kit/metrics';
import type { RunFigures } from './messages.ts';
import { runFault, type RunHealth } from './run-fault.ts';

export interface RunBeatsSetting {
  readonly metrics: Pick<ServiceMetrics, 'component'>;
  readonly project: string;
  readonly job: string;
  readonly latencyLimitMs: number;
  readonly figures: () => RunFigures | undefined;
  /** How the run was when the service ended before; undefined when a person has just started it. */
  readonly before: { readonly state: RunState; readonly reason: string | null } | undefined;
}

const CHECK_MS = 1_000;

/**
 * The heartbeat of a run that is wanted, from the wish until its end: `job/<project>/<job>` on `hermes.metrics`. It beats also while no
 * process runs; then it says what is wrong.
 */
export class RunBeats {
  private readonly setting: RunBeatsSetting;
  private readonly checking: NodeJS.Timeout;
  private beats: BeatingComponent | undefined;
  private inserted: LatencyRecorder | undefined;
  private health: RunHealth;
  private fault: string | undefined;

  constructor(setting: RunBeatsSetting) {
    this.setting = setting;
    const nowMs = performance.now();
    const { before } = setting;
    this.health = { state: 'starting', sinceMs: nowMs, failures: 0, reason: before?.reason ?? 'unknown' };
    // Whether a run that had trouble before has it still is not known yet. One that had failed is at fault until it runs. One that
    // was being restarted says nothing until it runs or is at fault, since a beat would take back what alerting may have been told.
    if (before?.state === 'failed') this.open(runFault({ ...this.health, state: 'failed' }, nowMs));
    else if (before?.state !== 'restarting') this.open(undefined);
    this.checking = setInterval(() => this.check(), CHECK_MS).unref();
  }

  /** The run is in another state. `failures`: ends in a row. */
  tell(state: RunState, reason: string | null, failures: number): void {
    const nowMs = performance.now();
    const { health } = this;
    this.health = {
      state,
      sinceMs: state === health.state ? health.sinceMs : nowMs,
      failures,
      reason: reason ?? health.reason,
    };
    this.check();
  }

  latencies(insertedMs: readonly number[]): void {
    for (const ms of insertedMs) this.inserted?.record(ms);
  }

  /** `isMeant`: a person wanted the end, or the run is well and comes back with the service. Otherwise its fault stands. */
  async end(isMeant: boolean): Promise<void> {
    clearInterval(this.checking);
    // What has not beaten yet may have an alert of the time before.
    if (isMeant) await (this.beats ?? this.open(undefined)).stop();
    else if (this.fault === undefined) await this.beats?.stop();
    else this.beats?.leave();
  }

  private check(): void {
    const { state } = this.health;
    if (state === 'starting' || state === 'stopped') return;
    const fault = runFault(this.health, performance.now());
    if (this.beats === undefined) {
      if (state === 'running' || fault !== undefined) this.open(fault);
      return;
    }
    // While it is being restarted nothing is better than it was.
    if (state === 'restarting' && fault === undefined) return;
    this.fault = fault;
    this.beats.fault(fault);
  }

  private open(fault: string | undefined): BeatingComponent {
    const { metrics, project, job, latencyLimitMs, figures } = this.setting;
    const beats = metrics.component(`job/${project}/${job}`, project, fault);
    const figure = (name: string, read: (figures: RunFigures) => number): void =>
      beats.figure(name, () => {
        const now = figures();
        return now === undefined ? 0 : read(now);
      });
    figure('rowsRead', ({ rowsRead }) => rowsRead);
    figure('rowsWritten', ({ rowsWritten }) => rowsWritten);
    figure('lateRows', ({ lateRows }) => lateRows);
    figure('badRows', ({ badRows }) => badRows);
    figure('lag', ({ lag }) => lag);
    figure('stateBytes', ({ stateBytes }) => stateBytes);
    figure('memoryBytes', ({ rssBytes }) => rssBytes);
    this.beats = beats;
    this.fault = fault;
    this.inserted = beats.latency('inserted', latencyLimitMs);
    return beats;
  }
}
