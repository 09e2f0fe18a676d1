import type { ServiceMetrics } from '@hermes/service-kit/metrics';
import type { LandingObserver } from '@hermes/stream-runtime/land-topic';
import type { ProcessorObserver } from '@hermes/stream-runtime/processor-options';

/** What the processors tell /metrics and the heartbeat; the hop `accepted` is from an event's receipt to its committed step. */
export function ingestObserver(
  metrics: ServiceMetrics,
  latencyLimitMs: number,
): ProcessorObserver & { onErased(): void } {
  const accepted = metrics.latency('accepted', latencyLimitMs);
  const records = metrics.counter('ingest_records_total', 'Records of the inbox that were processed');
  const steps = metrics.histogram('ingest_step_ms', 'Milliseconds of one step, evaluation and commit');
  const deadLetters = metrics.counter('ingest_dead_letters_total', 'Records of the inbox that were dead-lettered', [
    'code',
  ]);
  const erased = metrics.counter(
    'ingest_erased_total',
    'Records of the inbox that were dropped because an erasure covers them',
  );
  const stops = metrics.counter('ingest_partition_stops_total', 'Partitions that stopped', ['code']);
  return {
    onStep: (step) => {
      records.inc(step.records);
      steps.observe(step.durationMs);
    },
    onCommitted: ({ receivedAtMs, committedAtMs }) => accepted.record(committedAtMs - receivedAtMs),
    onErased: () => erased.inc(),
    onDeadLetter: ({ code }) => deadLetters.inc({ code }),
    onStopped: ({ code }) => stops.inc({ code }),
  };
}

/** What the landing of the history tells /metrics. */
export function landingObserver(metrics: ServiceMetrics): LandingObserver {
  const rows = metrics.counter('ingest_landed_rows_total', 'Rows landed in ClickHouse');
  const inserts = metrics.histogram('ingest_landing_ms', 'Milliseconds of one insert into ClickHouse');
  const stops = metrics.counter('ingest_landing_stops_total', 'Partitions whose landing stopped', ['code']);
  return {
    onLanded: (landed) => {
      rows.inc(landed.rows);
      inserts.observe(landed.durationMs);
    },
    onStopped: ({ code }) => stops.inc({ code }),
  };
}
