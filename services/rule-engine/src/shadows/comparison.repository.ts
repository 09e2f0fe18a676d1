import type { ClickHouseClient } from '@clickhouse/client';
import type { Decision } from '@hermes/contracts/decision';
import type { BacktestDifference } from '@hermes/contracts/rule-backtest';
import type { ShadowSample } from '@hermes/contracts/rule-shadow';
import type { DecisionsRepository } from '../decisions/decisions.repository.ts';
import type { Silence } from './why-silent.ts';

/** Decisions of a rule on events received in a period. */
export interface ComparisonQuestion {
  readonly project: string;
  readonly ruleId: string;
  /** The candidate. */
  readonly version: number;
  /** Versions that ran in the shadow besides: what these decided there is neither the candidate's nor of a version in force. */
  readonly otherCandidates: readonly number[];
  /** ISO 8601; included. */
  readonly from: string;
  /** Not included. */
  readonly to: string;
}

export interface ComparedCounts {
  readonly candidateHits: number;
  readonly inForceHits: number;
  readonly inForceVersions: readonly number[];
  readonly difference: Readonly<Record<BacktestDifference, number>>;
}

/** Why the one did not fire where the other has. */
export interface SilentSides {
  readonly candidate: (decision: Decision) => Silence;
  readonly inForce: (decision: Decision) => Silence;
}

interface ComparedEvent {
  /** Its hash, hex. */
  readonly event: string;
  readonly difference: BacktestDifference;
}

/** An event, with the ids of what was decided on it; empty: nothing was. */
interface DecidedEvent {
  readonly event: string;
  readonly candidate: string;
  readonly inForce: string;
}

const IS_CANDIDATE = 'rule_version = {version: UInt32}';
/** By which an event is known: its own bytes would be held for each in the midst of counting. */
const EVENT = 'sipHash128(subject, event_source, event_id)';
/** What the candidate decided once it was promoted is left out: by then nothing else was in force. */
const DECISIONS = `FROM rule_engine.decisions FINAL
  WHERE project = {project: String} AND rule_id = {ruleId: String}
    AND received_at >= parseDateTime64BestEffort({from: String}, 3, 'UTC')
    AND received_at < parseDateTime64BestEffort({to: String}, 3, 'UTC')
    AND (shadow OR NOT ${IS_CANDIDATE}) AND NOT (shadow AND has({otherCandidates: Array(UInt32)}, rule_version))`;
/** An event is the same for both whenever each decided on it. */
const HITS = `countIf(${IS_CANDIDATE}) AS candidate_hits, countIf(NOT ${IS_CANDIDATE}) AS in_force_hits`;
const DIFFERENCE = "multiIf(in_force_hits = 0, 'more', candidate_hits = 0, 'fewer', 'same')";
/** Of millions of events more is held than a query may hold: the rest goes to the server's disk. */
const SPILLING = { max_bytes_before_external_group_by: '200000000' };

/** A sample shows data of an event up to so long a text. */
const SHOWN_DATA_CHARACTERS = 4_000;

/** What a candidate and the versions in force decided, in ClickHouse. */
export class ComparisonRepository {
  private readonly clickhouse: ClickHouseClient;
  private readonly decisions: Pick<DecisionsRepository, 'ensureTable' | 'some'>;

  constructor(clickhouse: ClickHouseClient, decisions: Pick<DecisionsRepository, 'ensureTable' | 'some'>) {
    this.clickhouse = clickhouse;
    this.decisions = decisions;
  }

  async counts(question: ComparisonQuestion): Promise<ComparedCounts> {
    const rows = await this.ask<
      Record<'candidate' | 'in_force' | 'events', string> & { difference: BacktestDifference }
    >(
      `SELECT ${DIFFERENCE} AS difference, count() AS events, sum(candidate_hits) AS candidate, sum(in_force_hits) AS in_force
       FROM (SELECT ${HITS} ${DECISIONS} GROUP BY ${EVENT}) GROUP BY difference`,
      question,
    );
    const [versions] = await this.ask<{ readonly versions: readonly number[] }>(
      `SELECT arraySort(groupUniqArray(rule_version)) AS versions ${DECISIONS} AND NOT ${IS_CANDIDATE}`,
      question,
    );
    const difference: Record<BacktestDifference, number> = { more: 0, fewer: 0, same: 0 };
    for (const row of rows) difference[row.difference] = Number(row.events);
    const sum = (of: 'candidate' | 'in_force'): number => rows.reduce((all, row) => all + Number(row[of]), 0);
    return {
      candidateHits: sum('candidate'),
      inForceHits: sum('in_force'),
      inForceVersions: versions?.versions ?? [],
      difference,
    };
  }

  /** On how many events of such keys the candidate alone has fired. */
  async moreOf(question: ComparisonQuestion, isMeant: (key: string) => boolean): Promise<number> {
    const result = await this.clickhouse.query({
      query: `SELECT gone_by, count() AS events
        FROM (SELECT any(if(key = '', subject, key)) AS gone_by, ${HITS} ${DECISIONS} GROUP BY ${EVENT})
        WHERE in_force_hits = 0 GROUP BY gone_by`,
      query_params: { ...question },
      format: 'JSONEachRow',
      clickhouse_settings: SPILLING,
    });
    let events = 0;
    for await (const rows of result.stream<{ readonly gone_by: string; readonly events: string }>())
      for (const row of rows) {
        const { gone_by: key, events: those } = row.json();
        if (isMeant(key)) events += Number(those);
      }
    return events;
  }

  /** The latest events of each difference; `silent`: why each side did not fire. */
  async samples(
    question: ComparisonQuestion,
    count: number,
    silent: SilentSides,
  ): Promise<Record<BacktestDifference, ShadowSample[]>> {
    const latest = await this.ask<ComparedEvent>(
      `SELECT event, ${DIFFERENCE} AS difference
       FROM (SELECT ${EVENT} AS hash, hex(hash) AS event, max(received_at) AS at, ${HITS} ${DECISIONS} GROUP BY hash)
       ORDER BY at DESC, event LIMIT ${count} BY difference`,
      question,
    );
    const ids = await this.ask<DecidedEvent>(
      `SELECT hex(${EVENT}) AS event, anyIf(id, ${IS_CANDIDATE}) AS candidate, anyIf(id, NOT ${IS_CANDIDATE}) AS inForce
       ${DECISIONS} AND hex(${EVENT}) IN {events: Array(String)} GROUP BY event`,
      { ...question, events: latest.map(({ event }) => event) },
    );
    const decisions = new Map(
      (
        await this.decisions.some(
          question.project,
          ids.flatMap(({ candidate, inForce }) => [candidate, inForce]),
        )
      ).map((decision) => [decision.id, decision]),
    );
    const of = new Map(ids.map((one) => [one.event, one]));
    const samples: Record<BacktestDifference, ShadowSample[]> = { more: [], fewer: [], same: [] };
    for (const { event, difference } of latest) {
      const { candidate = '', inForce = '' } = of.get(event) ?? {};
      const sample = sampleOf(decisions.get(candidate), decisions.get(inForce), silent);
      if (sample !== undefined) samples[difference].push(sample);
    }
    return samples;
  }

  private async ask<R>(
    query: string,
    question: ComparisonQuestion & { readonly events?: readonly string[] },
  ): Promise<readonly R[]> {
    await this.decisions.ensureTable();
    const result = await this.clickhouse.query({
      query,
      query_params: { ...question },
      format: 'JSONEachRow',
      clickhouse_settings: SPILLING,
    });
    return result.json<R>();
  }
}

/** Undefined where its decisions were erased, or have expired, between two looks. */
function sampleOf(
  candidate: Decision | undefined,
  inForce: Decision | undefined,
  silent: SilentSides,
): ShadowSample | undefined {
  const decision = candidate ?? inForce;
  if (decision === undefined) return undefined;
  const { data, id, source, type, time } = decision.event;
  const other = silenceOf(candidate, inForce, silent);
  return {
    at: decision.receivedAt,
    subject: decision.subject,
    ...(decision.key === undefined ? {} : { key: decision.key }),
    event: { id, source, type, time, data: JSON.stringify(data).length > SHOWN_DATA_CHARACTERS ? null : data },
    candidateDecision: candidate?.id ?? null,
    inForceDecision: inForce?.id ?? null,
    inForceVersion: inForce?.ruleVersion ?? null,
    trace: decision.trace,
    ...(decision.features === undefined ? {} : { features: decision.features }),
    other: [...(other?.trace ?? [])],
    otherKeptBack: other?.isKeptBack === true,
  };
}

function silenceOf(
  candidate: Decision | undefined,
  inForce: Decision | undefined,
  silent: SilentSides,
): Silence | undefined {
  if (candidate === undefined) return inForce && silent.candidate(inForce);
  return inForce === undefined ? silent.inForce(candidate) : undefined;
}
