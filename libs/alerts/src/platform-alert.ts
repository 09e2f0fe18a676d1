import type { Alert } from '@hermes/contracts/alert';
import { PLATFORM_PROJECT } from '@hermes/contracts/identifiers';
import { METRICS_TOPIC } from '@hermes/contracts/topics';
import { alertId } from './decision-alert.ts';
import type { Transition } from './fleet-watch.ts';
import { storedText } from './stored-text.ts';

/** Names a firing, so that its end finds its beginning and a repeated write changes nothing. */
export const transitionAlertId = (transition: Transition): string =>
  alertId([transition.watch, transition.subject, transition.hop ?? '', transition.startedMs]);

/** The alert of a firing that begins. Silence and faults are critical, slowness a warning. */
export function alertOfFiring(transition: Transition): Alert {
  const isSlowness = transition.watch === 'latency';
  return {
    id: transitionAlertId(transition),
    project: PLATFORM_PROJECT,
    kind: transition.watch,
    status: 'firing',
    severity: isSlowness ? 'warning' : 'critical',
    title: storedText(titleOf(transition), 300),
    detail: storedText(transition.detail),
    subject: storedText(transition.subject, 300),
    decisionId: null,
    ruleId: null,
    startedAt: new Date(transition.startedMs).toISOString(),
    resolvedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
  };
}

function titleOf({ watch, subject, isFault }: Transition): string {
  if (watch === 'latency') return `${subject} is slow`;
  if (isFault === true) return `${subject} does not work`;
  return subject === METRICS_TOPIC ? 'No heartbeats arrive from anywhere' : `${subject} sends no heartbeats`;
}
