import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { Decision } from '@hermes/contracts/decision';
import { DECISION_HEADERS } from '../evaluation/decision-message.ts';

/** A decision that waits for a person, as it is kept until then. */
export interface HeldDecision {
  readonly decision: Decision;
  /** As it stands on Kafka. */
  readonly json: string;
}

/** The held decision of a record of `<project>.decisions`; undefined for any other. @throws Error for what is no decision */
export function heldDecision({ headers, value }: Pick<KafkaRecord, 'headers' | 'value'>): HeldDecision | undefined {
  if (headers[DECISION_HEADERS.held] === undefined) return undefined;
  const json = value?.toString() ?? 'null';
  const decision = Decision.parse(JSON.parse(json));
  return decision.held === true ? { decision, json } : undefined;
}
