import { createHash } from 'node:crypto';

/** What makes a decision the same decision, however often its event is read. */
export interface DecisionIdentity {
  readonly project: string;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly eventSource: string;
  readonly eventId: string;
  /** Where time decided on the event: the id of the fact with a memory that had waited. */
  readonly waitedFor?: string;
}

/**
 * The decision's id: the first 128 bits, as hex, of SHA-256 over the JSON list [project, rule, version, source, id], and behind them what was waited for. JSON
 * keeps the parts apart whatever they hold.
 */
export function decisionId(of: DecisionIdentity): string {
  const text = JSON.stringify([
    of.project,
    of.ruleId,
    of.ruleVersion,
    of.eventSource,
    of.eventId,
    ...(of.waitedFor === undefined ? [] : [of.waitedFor]),
  ]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
