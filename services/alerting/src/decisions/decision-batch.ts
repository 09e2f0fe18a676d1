import { type RaisedAlert, alertOfDecision } from '@hermes/alerts/decision-alert';
import { type CallOfDecision, callsOfDecision } from '@hermes/alerts/decision-calls';
import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { Decision } from '@hermes/contracts/decision';

export interface DeadRecord {
  readonly record: KafkaRecord;
  readonly reason: string;
}

export interface DecisionBatch {
  readonly raised: readonly RaisedAlert[];
  /** Webhooks that rules' actions call. */
  readonly calls: readonly CallOfDecision[];
  readonly dead: readonly DeadRecord[];
}

type Read = { readonly kind: 'ok'; readonly decision: Decision } | { readonly kind: 'dead'; readonly reason: string };

function readDecision(record: KafkaRecord, project: string): Read {
  if (record.value === null) return { kind: 'dead', reason: 'a record without a value' };
  let value: unknown;
  try {
    value = JSON.parse(record.value.toString());
  } catch (error) {
    return { kind: 'dead', reason: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = Decision.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { kind: 'dead', reason: `not a decision: ${issue?.path.join('/') ?? ''}: ${issue?.message ?? ''}` };
  }
  if (parsed.data.project !== project) return { kind: 'dead', reason: `a decision of project ${parsed.data.project}` };
  return { kind: 'ok', decision: parsed.data };
}

/** What a batch of `<project>.decisions` asks for. A record that cannot be read is set aside with its reason. */
export function readBatch(records: readonly KafkaRecord[], project: string, nowMs: number): DecisionBatch {
  const alertedAt = new Date(nowMs).toISOString();
  const raised: RaisedAlert[] = [];
  const calls: CallOfDecision[] = [];
  const dead: DeadRecord[] = [];
  for (const record of records) {
    const read = readDecision(record, project);
    if (read.kind === 'dead') {
      dead.push({ record, reason: read.reason });
      continue;
    }
    const alert = alertOfDecision(read.decision, alertedAt);
    if (alert !== undefined) raised.push(alert);
    calls.push(...callsOfDecision(read.decision, alertedAt));
  }
  return { raised, calls, dead };
}
