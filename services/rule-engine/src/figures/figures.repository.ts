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

interface HeldRow {
  readonly version: number;
  readonly id: string;
  readonly shadow: boolean;
  readonly alert: boolean;
  readonly kinds: readonly string[];
}

const ACTION_KINDS = "arrayMap(one -> JSONExtractString(one, 'kind'), JSONExtractArrayRaw(besides, 'actions'))";
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
      this.addDecisions(question, of),
      this.addActions(question, of),
      this.addCounts(question, of),
    ]);
    if (released.size > 0) await this.addReleased(question, released, of);
    return [...versions.values()].sort((a, b) => b.version - a.version);
  }

  private async addReviews(
    { project, ruleId, from, to }: FiguresQuestion,
    of: (version: number) => Draft,
  ): Promise<ReadonlySet<string>> {
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
    return new Set(rows.flatMap(({ ids }) => ids ?? []));
  }

  /** Each decision counts once, as most people say; where as many say the one as the other, as neither. */
  private async addFeedback(
    { project, ruleId, from, to }: FiguresQuestion,
    of: (version: number) => Draft,
  ): Promise<void> {
    const { rows } = await this.parts.pool.query<{
      readonly version: number;
      readonly right: string;
      readonly wrong: string;
    }>(
      `SELECT version, count(*) FILTER (WHERE said > 0) AS right, count(*) FILTER (WHERE said < 0) AS wrong
         FROM (SELECT rule_version AS version, sum(CASE verdict WHEN 'right' THEN 1 ELSE -1 END) AS said
                 FROM ${SCHEMA}.feedback WHERE ${OF_RULE} GROUP BY rule_version, decision_id) AS decided
        GROUP BY version`,
      [project, ruleId, from, to],
    );
    for (const row of rows) {
      const [right, wrong] = [Number(row.right), Number(row.wrong)];
      of(row.version).feedback = { right, wrong, precision: right + wrong === 0 ? null : right / (right + wrong) };
    }
  }

  /** What was held has done nothing, as far as this knows. */
  private async addDecisions(question: FiguresQuestion, of: (version: number) => Draft): Promise<void> {
    const rows = await this.ask<DecidedRow>(
      `SELECT rule_version AS version, countIf(NOT shadow AND NOT held) AS hits, countIf(shadow) AS shadow_hits,
         sum(suppressed) AS suppressed, countIf(alert AND NOT held) AS alerts,
         quantilesTDigest(0.5, 0.95, 0.99)(dateDiff('millisecond', received_at, decided_at)) AS latency
       ${DECISIONS} GROUP BY version`,
      question,
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

  private async addActions(question: FiguresQuestion, of: (version: number) => Draft): Promise<void> {
    const rows = await this.ask<{ readonly version: number; readonly kind: string; readonly done: string }>(
      `SELECT rule_version AS version, arrayJoin(${ACTION_KINDS}) AS kind, count() AS done
       ${DECISIONS} AND besides != '' AND NOT held GROUP BY version, kind`,
      question,
    );
    for (const { version, kind, done } of rows) addAction(of(version), kind, Number(done));
  }

  /**
   * What was held and let go has done something. Which that was only PostgreSQL knows, and a question to ClickHouse has no room for the ids: so all that was
   * held is gone through here.
   */
  private async addReleased(
    question: FiguresQuestion,
    released: ReadonlySet<string>,
    of: (version: number) => Draft,
  ): Promise<void> {
    const result = await this.parts.clickhouse.query({
      query: `SELECT rule_version AS version, id, shadow, alert, ${ACTION_KINDS} AS kinds ${DECISIONS} AND held`,
      query_params: { ...question },
      format: 'JSONEachRow',
    });
    for await (const rows of result.stream<HeldRow>()) {
      for (const row of rows) {
        const { version, id, shadow, alert, kinds } = row.json();
        if (!released.has(id)) continue;
        const figures = of(version);
        if (!shadow) figures.hits += 1;
        if (alert) addAction(figures, 'alert', 1);
        for (const kind of kinds) addAction(figures, kind, 1);
      }
    }
  }

  private async addCounts(question: FiguresQuestion, of: (version: number) => Draft): Promise<void> {
    const rows = await this.ask<{ readonly version: number; readonly asked: string; readonly neither: string }>(
      `SELECT rule_version AS version, sum(evaluated) AS asked, sum(undecided) AS neither FROM rule_engine.rule_counts
        WHERE project = {project: String} AND rule_id = {ruleId: String}
          AND at >= parseDateTimeBestEffort({from: String}, 'UTC') AND at < parseDateTimeBestEffort({to: String}, 'UTC')
        GROUP BY version`,
      question,
    );
    for (const { version, asked, neither } of rows) {
      const figures = of(version);
      figures.evaluated = Number(asked);
      figures.undecided = Number(neither);
    }
  }

  private async ask<R>(query: string, question: FiguresQuestion): Promise<readonly R[]> {
    const result = await this.parts.clickhouse.query({ query, query_params: { ...question }, format: 'JSONEachRow' });
    return result.json<R>();
  }
}

function addAction(figures: Draft, kind: string, times: number): void {
  if (!(kind in figures.actions)) return;
  const before = figures.actions[kind as keyof Draft['actions']];
  figures.actions = { ...figures.actions, [kind]: before + times };
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
