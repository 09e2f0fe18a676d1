import type { ServiceMetrics } from '@hermes/service-kit/metrics';
import type { ProcessorObserver } from '@hermes/stream-runtime/processor-options';

/** What the processors tell /metrics and the heartbeat; `profiled` is from the event's receipt to readable. */
export function profileObserver(metrics: ServiceMetrics, latencyLimitMs: number): ProcessorObserver {
  const profiled = metrics.latency('profiled', latencyLimitMs);
  const events = metrics.counter('profile_events_total', 'Events applied to profiles');
  const steps = metrics.histogram('profile_step_ms', 'Milliseconds of one step, evaluation and commit');
  const deadLetters = metrics.counter('profile_dead_letters_total', 'Records that are no event', ['code']);
  const stops = metrics.counter('profile_partition_stops_total', 'Partitions that stopped', ['code']);
  return {
    onStep: ({ records, durationMs }) => {
      events.inc(records);
      steps.observe(durationMs);
    },
    onCommitted: ({ receivedAtMs, committedAtMs }) => profiled.record(committedAtMs - receivedAtMs),
    onDeadLetter: ({ code }) => deadLetters.inc({ code }),
    onStopped: ({ code }) => stops.inc({ code }),
  };
}
