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

/** An event, with the ids of what was decided on it. */
interface ComparedEvent {
  readonly candidate: string;
  readonly inForce: string;
}

const IS_CANDIDATE = 'rule_version = {version: UInt32}';
/**
 * What the candidate decided once it was promoted is left out: by then nothing else was in force. An event is the same for both whenever each decided on it; a
 * decision that was landed twice counts once.
 */
const BY_EVENT = `SELECT
    uniqExactIf(id, ${IS_CANDIDATE}) AS candidate_hits,
    uniqExactIf(id, NOT ${IS_CANDIDATE}) AS in_force_hits,
    groupUniqArrayIf(rule_version, NOT ${IS_CANDIDATE}) AS versions,
    anyIf(id, ${IS_CANDIDATE}) AS candidate_id,
    anyIf(id, NOT ${IS_CANDIDATE}) AS in_force_id,
    any(if(key = '', subject, key)) AS gone_by,
    max(received_at) AS at,
    event_id
  FROM rule_engine.decisions
  WHERE project = {project: String} AND rule_id = {ruleId: String}
    AND received_at >= parseDateTime64BestEffort({from: String}, 3, 'UTC')
    AND received_at < parseDateTime64BestEffort({to: String}, 3, 'UTC')
    AND (shadow OR NOT ${IS_CANDIDATE}) AND NOT (shadow AND has({otherCandidates: Array(UInt32)}, rule_version))
  GROUP BY subject, event_source, event_id`;

const OF: Readonly<Record<BacktestDifference, string>> = {
  more: 'in_force_hits = 0',
  fewer: 'candidate_hits = 0',
  same: 'candidate_hits > 0 AND in_force_hits > 0',
};

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
    const [row] = await this.ask<
      Record<BacktestDifference | 'candidate' | 'in_force', string> & { in_force_versions: number[] }
    >(
      `SELECT countIf(${OF.more}) AS more, countIf(${OF.fewer}) AS fewer, countIf(${OF.same}) AS same,
         sum(candidate_hits) AS candidate, sum(in_force_hits) AS in_force, arraySort(groupUniqArrayArray(versions)) AS in_force_versions
       FROM (${BY_EVENT})`,
      question,
    );
    return {
      candidateHits: Number(row?.candidate ?? 0),
      inForceHits: Number(row?.in_force ?? 0),
      inForceVersions: row?.in_force_versions ?? [],
      difference: { more: Number(row?.more ?? 0), fewer: Number(row?.fewer ?? 0), same: Number(row?.same ?? 0) },
    };
  }

  /** On how many events of such keys the candidate alone has fired. */
  async moreOf(question: ComparisonQuestion, isMeant: (key: string) => boolean): Promise<number> {
    const result = await this.clickhouse.query({
      query: `SELECT gone_by AS key, count() AS events FROM (${BY_EVENT}) WHERE ${OF.more} GROUP BY key`,
      query_params: { ...question },
      format: 'JSONEachRow',
    });
    let events = 0;
    for await (const rows of result.stream<{ readonly key: string; readonly events: string }>())
      for (const row of rows) {
        const { key, events: those } = row.json();
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
    const [more, fewer, same] = await Promise.all([
      this.latest(question, 'more', count),
      this.latest(question, 'fewer', count),
      this.latest(question, 'same', count),
    ]);
    const ids = [...more, ...fewer, ...same].flatMap(({ candidate, inForce }) => [candidate, inForce]);
    const found = new Map(
      (await this.decisions.some(question.project, [...new Set(ids)])).map((decision) => [decision.id, decision]),
    );
    const shown = (events: readonly ComparedEvent[]): ShadowSample[] =>
      events.flatMap(({ candidate, inForce }) => sampleOf(found.get(candidate), found.get(inForce), silent) ?? []);
    return { more: shown(more), fewer: shown(fewer), same: shown(same) };
  }

  private latest(
    question: ComparisonQuestion,
    difference: BacktestDifference,
    count: number,
  ): Promise<readonly ComparedEvent[]> {
    return this.ask<ComparedEvent>(
      `SELECT candidate_id AS candidate, in_force_id AS inForce FROM (${BY_EVENT})
        WHERE ${OF[difference]} ORDER BY at DESC, event_id LIMIT ${count}`,
      question,
    );
  }

  private async ask<R>(query: string, question: ComparisonQuestion): Promise<readonly R[]> {
    await this.decisions.ensureTable();
    const result = await this.clickhouse.query({ query, query_params: { ...question }, format: 'JSONEachRow' });
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
