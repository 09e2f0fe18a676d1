import type { Decision } from '@hermes/contracts/decision';

/** Headers of a record on `<project>.decisions`, so that a reader skips what it does not want without parsing. */
export const DECISION_HEADERS = {
  id: 'hermes_decision',
  ruleId: 'hermes_rule',
  alert: 'hermes_alert',
  severity: 'hermes_severity',
  /** Only on decisions that nothing is done about. */
  shadow: 'hermes_shadow',
  /** Only on decisions that wait for a person. */
  held: 'hermes_held',
  /** Only on those that did, and were let go. */
  released: 'hermes_released',
} as const;

/** A decision as a record of `<project>.decisions`. */
export const decisionMessage = (
  decision: Decision,
): { readonly key: string; readonly value: string; readonly headers: Readonly<Record<string, string>> } => ({
  key: decision.subject,
  value: JSON.stringify(decision),
  headers: {
    [DECISION_HEADERS.id]: decision.id,
    [DECISION_HEADERS.ruleId]: decision.ruleId,
    [DECISION_HEADERS.alert]: String(decision.alert),
    [DECISION_HEADERS.severity]: decision.severity,
    ...(decision.shadow === undefined ? {} : { [DECISION_HEADERS.shadow]: 'true' }),
    ...(decision.held === undefined ? {} : { [DECISION_HEADERS.held]: 'true' }),
    ...(decision.released === undefined ? {} : { [DECISION_HEADERS.released]: 'true' }),
  },
});
