import type { ServiceMetrics } from '@hermes/service-kit/metrics';
import type { LandingObserver } from '@hermes/stream-runtime/land-topic';
import type { RuleCounts } from '../figures/rule-counts.ts';
import type { RuleObserver } from './project-processor.ts';
import { RULE_JOB, RULE_KEYED_JOB, type RuleJob } from './rule-job.ts';

/**
 * What the processors tell /metrics and the heartbeat; `decided` is from the event's receipt to the decision's commit, at the subject or at the last key
 * that its rules need.
 */
export function evaluationObservers(
  metrics: ServiceMetrics,
  latencyLimitMs: number,
  counts: Pick<RuleCounts, 'look'>,
): Readonly<Record<RuleJob, RuleObserver>> {
  const decided = metrics.latency('decided', latencyLimitMs);
  const events = metrics.counter('rules_events_total', 'Events read');
  const atKeys = metrics.counter('rules_key_records_total', 'Events read at other keys than their subject');
  const evaluated = metrics.counter('rules_evaluated_total', 'Rules evaluated on events');
  const fired = metrics.counter('rules_decisions_total', 'Decisions made');
  const undecided = metrics.counter('rules_undecided_total', 'Rules that could not say yes or no on an event');
  const late = metrics.counter('rules_late_events_total', 'Events that came too late to count in a feature of rules');
  const erased = metrics.counter(
    'rules_erased_events_total',
    'Events that do not count in features because their subject was erased',
  );
  const suppressed = metrics.counter(
    'rules_suppressed_total',
    'Decisions not made because the rule had fired for the subject within its period',
  );
  const forgotten = metrics.counter(
    'rules_memories_forgotten_total',
    'Events that a fact with a memory let go because it remembered too many of a key, or waits too long',
  );
  const shadow = metrics.counter('rules_shadow_decisions_total', 'Decisions of rules in the shadow');
  const checked = metrics.counter('rules_reference_checks_total', 'Rules of which json-rules-engine was asked as well');
  const contradictions = metrics.counter(
    'rules_reference_contradictions_total',
    'Rules that say the other than json-rules-engine',
  );
  const steps = metrics.histogram('rules_step_ms', 'Milliseconds of one step, evaluation and commit');
  const deadLetters = metrics.counter('rules_dead_letters_total', 'Records that are no event', ['code']);
  const stops = metrics.counter('rules_partition_stops_total', 'Partitions that stopped', ['code']);
  const observer = (read: Pick<typeof events, 'inc'>): RuleObserver => ({
    onEvaluated: (rules, decisions) => {
      evaluated.inc(rules);
      if (decisions > 0) fired.inc(decisions);
    },
    onUndecided: () => undecided.inc(),
    onLate: () => late.inc(),
    onErased: () => erased.inc(),
    onSuppressed: (decisions) => {
      if (decisions > 0) suppressed.inc(decisions);
    },
    onForgotten: (count) => forgotten.inc(count),
    onShadow: (decisions) => shadow.inc(decisions),
    onDecided: (facts, rules, decided) => counts.look(facts, rules, decided),
    onChecked: (rules) => checked.inc(rules),
    onContradiction: () => contradictions.inc(),
    onStep: ({ records, durationMs }) => {
      read.inc(records);
      steps.observe(durationMs);
    },
    onCommitted: ({ receivedAtMs, committedAtMs }) => decided.record(committedAtMs - receivedAtMs),
    onDeadLetter: ({ code }) => deadLetters.inc({ code }),
    onStopped: ({ code }) => stops.inc({ code }),
  });
  return { [RULE_JOB]: observer(events), [RULE_KEYED_JOB]: observer(atKeys) };
}

/** What the landing of decisions in ClickHouse tells /metrics. */
export function decisionsLandingObserver(metrics: ServiceMetrics): LandingObserver {
  const landed = metrics.counter(
    'rules_decisions_landed_total',
    'Decisions inserted into ClickHouse, repeats included',
  );
  const deadLetters = metrics.counter(
    'rules_landing_dead_letters_total',
    'Records of the decisions topic that are no decision',
    ['code'],
  );
  return {
    onLanded: ({ rows }) => landed.inc(rows),
    onDeadLetter: ({ code }) => deadLetters.inc({ code }),
  };
}
