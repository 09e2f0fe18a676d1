import { Decision } from '@hermes/contracts/decision';

/** A row of `rule_engine.decisions`, in JSONEachRow. */
export interface DecisionRow {
  readonly project: string;
  readonly received_at: string;
  readonly id: string;
  readonly rule_id: string;
  readonly rule_name: string;
  readonly rule_version: number;
  readonly severity: string;
  readonly alert: boolean;
  readonly shadow: boolean;
  readonly outcome_type: string;
  /** JSON text, as are event_data and trace. */
  readonly outcome: string;
  readonly subject: string;
  readonly event_id: string;
  readonly event_source: string;
  readonly event_type: string;
  readonly event_time: string;
  readonly event_data: string;
  readonly trace: string;
  readonly accepted_at: string;
  readonly decided_at: string;
  readonly suppressed: number;
  /** JSON text; empty without features. */
  readonly features: string;
  /** By which the rule goes; empty where that is the subject. */
  readonly key: string;
  /** JSON text of what is read with the decision only (`BESIDES`); empty without any of it. */
  readonly besides: string;
  readonly held: boolean;
}

/** What a decision may say besides, by which none is found. */
const BESIDES = ['lookups', 'actions', 'findings'] as const satisfies readonly (keyof Decision)[];

function besidesOf(decision: Decision): string {
  const said = BESIDES.filter((name) => decision[name] !== undefined).map((name) => [name, decision[name]]);
  return said.length === 0 ? '' : JSON.stringify(Object.fromEntries(said));
}

/** The value of a record of `<project>.decisions` as a row. Throws for what is no decision. */
export function decisionRow(value: Buffer | null): DecisionRow {
  const decision = Decision.parse(JSON.parse(value?.toString() ?? 'null'));
  const { event } = decision;
  return {
    project: decision.project,
    received_at: decision.receivedAt,
    id: decision.id,
    rule_id: decision.ruleId,
    rule_name: decision.ruleName,
    rule_version: decision.ruleVersion,
    severity: decision.severity,
    alert: decision.alert,
    shadow: decision.shadow === true,
    outcome_type: decision.outcome.type,
    outcome: JSON.stringify(decision.outcome),
    subject: decision.subject,
    event_id: event.id,
    event_source: event.source,
    event_type: event.type,
    event_time: event.time,
    event_data: JSON.stringify(event.data),
    trace: JSON.stringify(decision.trace),
    accepted_at: decision.acceptedAt,
    decided_at: decision.decidedAt,
    suppressed: decision.suppressed ?? 0,
    features: decision.features === undefined ? '' : JSON.stringify(decision.features),
    besides: besidesOf(decision),
    key: decision.key ?? '',
    held: decision.held === true,
  };
}

/** ClickHouse's `2026-01-31 08:00:00.123` (UTC) as ISO 8601. */
const utc = (time: string): string => `${time.replace(' ', 'T')}Z`;

/** A row as the decision that it was. */
export function decisionOfRow(row: DecisionRow): Decision {
  return Decision.parse({
    id: row.id,
    project: row.project,
    ruleId: row.rule_id,
    ruleName: row.rule_name,
    ruleVersion: row.rule_version,
    severity: row.severity,
    alert: row.alert,
    ...(row.shadow ? { shadow: true } : {}),
    outcome: JSON.parse(row.outcome),
    subject: row.subject,
    ...(row.key === '' ? {} : { key: row.key }),
    event: {
      id: row.event_id,
      source: row.event_source,
      type: row.event_type,
      time: utc(row.event_time),
      data: JSON.parse(row.event_data),
    },
    trace: JSON.parse(row.trace),
    receivedAt: utc(row.received_at),
    acceptedAt: utc(row.accepted_at),
    decidedAt: utc(row.decided_at),
    ...(row.suppressed === 0 ? {} : { suppressed: row.suppressed }),
    ...(row.features === '' ? {} : { features: JSON.parse(row.features) }),
    ...(row.besides === '' ? {} : (JSON.parse(row.besides) as object)),
    ...(row.held ? { held: true } : {}),
  });
}
