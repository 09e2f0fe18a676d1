import type { ServiceMetrics } from '@hermes/service-kit/metrics';
import type { ThreadReport } from './thread-messages.ts';
import { FreshnessWindow } from './freshness-window.ts';

export interface ProcessingMetrics {
  report(report: ThreadReport): void;
  stopped(code: string): void;
}

/** What the processing thread reports, on /metrics and the heartbeat. Freshness is from an event's receipt to readable. */
export function processingMetrics(metrics: ServiceMetrics, latencyLimitMs: number): ProcessingMetrics {
  const profiled = metrics.latency('profiled', latencyLimitMs);
  const events = metrics.counter('profile_events_total', 'Events applied to profiles');
  const steps = metrics.histogram('profile_step_ms', 'Milliseconds of one step, evaluation and commit');
  const deadLetters = metrics.counter('profile_dead_letters_total', 'Records that are no event', ['code']);
  const stops = metrics.counter('profile_partition_stops_total', 'Partitions that stopped', ['code']);
  const late = metrics.counter('profile_late_events_total', 'Events that came too late to count', [
    'project',
    'feature',
  ]);
  const erased = metrics.counter('profile_erased_events_total', 'Events that an erasure keeps out');
  const freshness = new FreshnessWindow();
  const gauge = metrics.gauge(
    'profile_freshness_ms',
    "Milliseconds from an event's receipt to readable, over the last minute",
    ['quantile'],
  );
  let newest: Pick<ThreadReport, 'lag' | 'partitions'> = { lag: 0, partitions: 0 };
  metrics.figure('lag', () => newest.lag);
  metrics.figure('partitions', () => newest.partitions);
  return {
    report(report) {
      newest = report;
      events.inc(report.events);
      for (const ms of report.stepsMs) steps.observe(ms);
      for (const ms of report.freshnessMs) profiled.record(ms);
      if (report.freshnessMs.length > 0) freshness.add(report.freshnessMs, performance.now());
      for (const [quantile, ms] of freshness.quantiles([0.5, 0.99], performance.now())) {
        gauge.set({ quantile: String(quantile) }, ms);
      }
      for (const [code, count] of Object.entries(report.deadLetters)) deadLetters.inc({ code }, count);
      for (const [name, count] of Object.entries(report.late)) {
        const slash = name.indexOf('/');
        late.inc({ project: name.slice(0, slash), feature: name.slice(slash + 1) }, count);
      }
      if (report.erased > 0) erased.inc(report.erased);
    },
    stopped: (code) => stops.inc({ code }),
  };
}
