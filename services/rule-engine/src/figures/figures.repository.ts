import type { ClickHouseClient } from '@clickhouse/client';
import type { RuleVersionFigures } from '@hermes/contracts/rule-figures';
import type { Pool } from 'pg';
import type { DecisionsRepository } from '../decisions/decisions.repository.ts';
import { SCHEMA } from '../rules/project-transaction.ts';
import type { CountsRepository } from './counts.repository.ts';

/** A rule's events, by receipt. */
export interface FiguresQuestion {
  readonly project: string;
  readonly ruleId: string;
  /** Included. */
  readonly from: string;
  /** Not included. */
  readonly to: string;
}

type Draft = { -readonly [field in keyof RuleVersionFigures]: RuleVersionFigures[field] };

interface DecidedRow {
  readonly version: number;
  readonly hits: string;
  readonly shadow_hits: string;
  readonly suppressed: string;
  readonly alerts: string;
  readonly latency: readonly [number, number, number];
}

/** Held decisions of which it is not known that they were let go did nothing. */
const IS_DONE = '(NOT held OR id IN {released: Array(String)})';
const DECISIONS = `FROM rule_engine.decisions FINAL
  WHERE project = {project: String} AND rule_id = {ruleId: String}
    AND received_at >= parseDateTime64BestEffort({from: String}, 3, 'UTC')
    AND received_at < parseDateTime64BestEffort({to: String}, 3, 'UTC')`;
const OF_RULE = 'project = $1 AND rule_id = $2 AND received_at >= $3::timestamptz AND received_at < $4::timestamptz';

export interface FiguresParts {
  readonly clickhouse: ClickHouseClient;
  readonly pool: Pool;
  readonly decisions: Pick<DecisionsRepository, 'ensureTable'>;
  readonly counts: Pick<CountsRepository, 'ensureTable'>;
}

/** What versions of a rule came to: decisions and counts from ClickHouse, people's words from PostgreSQL. */
export class FiguresRepository {
  private readonly parts: FiguresParts;
  constructor(parts: FiguresParts) {
    this.parts = parts;
  }

  /** Of each version that was asked, decided or spoken of, the newest first. */
  async of(question: FiguresQuestion): Promise<readonly RuleVersionFigures[]> {
    const versions = new Map<number, Draft>();
    const of = (version: number): Draft => {
      let figures = versions.get(version);
      if (figures === undefined) versions.set(version, (figures = nothing(version)));
      return figures;
    };
    // First what people said: which of the held decisions were let go says which have done something.
    const released = await this.addReviews(question, of);
    await this.parts.decisions.ensureTable();
    await this.parts.counts.ensureTable();
    await Promise.all([
      this.addFeedback(question, of),
      this.addDecisions(question, released, of),
      this.addActions(question, released, of),
      this.addCounts(question, of),
    ]);
    return [...versions.values()].sort((a, b) => b.version - a.version);
  }

  private async addReviews(
    { project, ruleId, from, to }: FiguresQuestion,
    of: (version: number) => Draft,
  ): Promise<readonly string[]> {
    const { rows } = await this.parts.pool.query<{
      readonly version: number;
      readonly verdict: 'release' | 'refuse' | null;
      readonly held: string;
      readonly ids: string[] | null;
    }>(
      `SELECT rule_version AS version, verdict, count(*) AS held, array_agg(decision_id) FILTER (WHERE verdict = 'release') AS ids
         FROM ${SCHEMA}.reviews WHERE ${OF_RULE} GROUP BY 1, 2`,
      [project, ruleId, from, to],
    );
    for (const { version, verdict, held } of rows) {
      const figures = of(version);
      const key = verdict === null ? 'open' : verdict === 'release' ? 'released' : 'refused';
      figures.held = { ...figures.held, [key]: Number(held) };
    }
    return rows.flatMap(({ ids }) => ids ?? []);
  }

  private async addFeedback(
    { project, ruleId, from, to }: FiguresQuestion,
    of: (version: number) => Draft,
  ): Promise<void> {
    const { rows } = await this.parts.pool.query<{
      readonly version: number;
      readonly right: string;
      readonly wrong: string;
    }>(
      `SELECT rule_version AS version, count(*) FILTER (WHERE verdict = 'right') AS right, count(*) FILTER (WHERE verdict = 'wrong') AS wrong
         FROM ${SCHEMA}.feedback WHERE ${OF_RULE} GROUP BY 1`,
      [project, ruleId, from, to],
    );
    for (const row of rows) {
      const [right, wrong] = [Number(row.right), Number(row.wrong)];
      of(row.version).feedback = { right, wrong, precision: right / (right + wrong) };
    }
  }

  private async addDecisions(
    question: FiguresQuestion,
    released: readonly string[],
    of: (version: number) => Draft,
  ): Promise<void> {
    const rows = await this.ask<DecidedRow>(
      `SELECT rule_version AS version, countIf(NOT shadow AND ${IS_DONE}) AS hits, countIf(shadow) AS shadow_hits,
         sum(suppressed) AS suppressed, countIf(alert AND ${IS_DONE}) AS alerts,
         quantilesTDigest(0.5, 0.95, 0.99)(dateDiff('millisecond', received_at, decided_at)) AS latency
       ${DECISIONS} GROUP BY version`,
      { ...question, released },
    );
    for (const { version, hits, shadow_hits, suppressed, alerts, latency } of rows) {
      const figures = of(version);
      figures.hits = Number(hits);
      figures.shadowHits = Number(shadow_hits);
      figures.suppressed = Number(suppressed);
      figures.actions = { ...figures.actions, alert: Number(alerts) };
      const [p50, p95, p99] = latency;
      figures.latencyMs = { p50, p95, p99 };
    }
  }

  private async addActions(
    question: FiguresQuestion,
    released: readonly string[],
    of: (version: number) => Draft,
  ): Promise<void> {
    const rows = await this.ask<{ readonly version: number; readonly kind: string; readonly done: string }>(
      `SELECT rule_version AS version, JSONExtractString(arrayJoin(JSONExtractArrayRaw(besides, 'actions')), 'kind') AS kind, count() AS done
       ${DECISIONS} AND besides != '' AND ${IS_DONE} GROUP BY version, kind`,
      { ...question, released },
    );
    for (const { version, kind, done } of rows) {
      const figures = of(version);
      if (kind in figures.actions) figures.actions = { ...figures.actions, [kind]: Number(done) };
    }
  }

  private async addCounts(question: FiguresQuestion, of: (version: number) => Draft): Promise<void> {
    const rows = await this.ask<{ readonly version: number; readonly asked: string; readonly neither: string }>(
      `SELECT rule_version AS version, sum(evaluated) AS asked, sum(undecided) AS neither FROM rule_engine.rule_counts
        WHERE project = {project: String} AND rule_id = {ruleId: String}
          AND at >= parseDateTimeBestEffort({from: String}, 'UTC') AND at < parseDateTimeBestEffort({to: String}, 'UTC')
        GROUP BY version`,
      { ...question },
    );
    for (const { version, asked, neither } of rows) {
      const figures = of(version);
      figures.evaluated = Number(asked);
      figures.undecided = Number(neither);
    }
  }

  private async ask<R>(query: string, parameters: Record<string, unknown>): Promise<readonly R[]> {
    const result = await this.parts.clickhouse.query({ query, query_params: parameters, format: 'JSONEachRow' });
    return result.json<R>();
  }
}

const nothing = (version: number): Draft => ({
  version,
  evaluated: 0,
  undecided: 0,
  hits: 0,
  shadowHits: 0,
  suppressed: 0,
  actions: { alert: 0, 'emit-event': 0, 'set-attribute': 0, webhook: 0, skipped: 0 },
  held: { open: 0, released: 0, refused: 0 },
  latencyMs: null,
  feedback: { right: 0, wrong: 0, precision: null },
});
