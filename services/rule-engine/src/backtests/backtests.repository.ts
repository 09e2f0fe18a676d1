import { inTransaction } from '@hermes/connectors/postgres/transaction';
import { type BacktestProgress, type BacktestResult, BacktestSetting } from '@hermes/contracts/rule-backtest';
import type { ErasableStore } from '@hermes/service-kit/erasure-work';
import type { OpenErasure } from '@hermes/service-kit/erasure-copy';
import type { Pool } from 'pg';
import { SCHEMA } from '../rules/project-transaction.ts';
import {
  BACKTEST_COLUMNS,
  type BacktestFailure,
  backtestOf,
  type BacktestRow,
  type KeptBacktest,
  type KeptResult,
  resultOf,
  type SampleRow,
  sampleRows,
} from './backtest.row.ts';

/** Without a sign of life for so long, another process takes a run up. */
const LEASE = '15 seconds';
/** So often a run may be begun: one that takes its process with it would go round for ever. */
const MAX_ATTEMPTS = 3;
const KEPT = '30 days';

/** A run that this process is to do. */
export interface ClaimedBacktest {
  readonly id: string;
  readonly setting: BacktestSetting;
}

export interface NewBacktest {
  readonly ruleId: string | undefined;
  readonly version: number | undefined;
  readonly setting: BacktestSetting;
  readonly by: string;
}

/** What came of a run. */
export type BacktestEnd =
  | { readonly kind: 'done'; readonly result: BacktestResult }
  | { readonly kind: 'failed'; readonly problem: BacktestFailure };

export const ABANDONED = 'abandoned';

/** Runs over the past, in PostgreSQL: who is to do them, who does, and what came of them. */
export class BacktestsRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  async add(project: string, { ruleId, version, setting, by }: NewBacktest): Promise<KeptBacktest> {
    const { rows } = await this.pool.query<BacktestRow>(
      `INSERT INTO ${SCHEMA}.backtests (project, rule_id, version, setting, requested_by, live_version, span_from, span_to)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${BACKTEST_COLUMNS}`,
      [
        project,
        ruleId ?? null,
        version ?? null,
        JSON.stringify(setting),
        by,
        setting.live?.version ?? null,
        setting.from,
        setting.to,
      ],
    );
    return backtestOf(rows[0]!);
  }

  /** How many of the project's are not over. */
  async open(project: string): Promise<number> {
    const { rows } = await this.pool.query<{ open: string }>(
      `SELECT count(*) AS open FROM ${SCHEMA}.backtests WHERE project = $1 AND state IN ('waiting', 'running')`,
      [project],
    );
    return Number(rows[0]!.open);
  }

  /** Newest first. `ruleId` null: of rules that are not there yet; undefined: all. */
  async list(project: string, ruleId: string | null | undefined): Promise<readonly KeptBacktest[]> {
    const where = ruleId === undefined ? 'TRUE' : ruleId === null ? 'rule_id IS NULL' : 'rule_id = $2';
    const { rows } = await this.pool.query<BacktestRow>(
      `SELECT ${BACKTEST_COLUMNS} FROM ${SCHEMA}.backtests WHERE project = $1 AND ${where} ORDER BY requested_at DESC, id LIMIT 100`,
      [project, ...(typeof ruleId === 'string' ? [ruleId] : [])],
    );
    return rows.map(backtestOf);
  }

  async find(
    project: string,
    id: string,
  ): Promise<{ readonly backtest: KeptBacktest; readonly result: BacktestResult | null } | undefined> {
    const { rows } = await this.pool.query<BacktestRow & { readonly result: KeptResult | null }>(
      `SELECT ${BACKTEST_COLUMNS}, result FROM ${SCHEMA}.backtests WHERE project = $1 AND id = $2`,
      [project, id],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    if (row.result === null) return { backtest: backtestOf(row), result: null };
    const samples = await this.pool.query<SampleRow>(
      `SELECT kind, sample FROM ${SCHEMA}.backtest_samples WHERE backtest = $1 ORDER BY kind, position`,
      [id],
    );
    return { backtest: backtestOf(row), result: resultOf(row.result, samples.rows) };
  }

  /** Ends it whatever it is doing; false when it is over, or there is none. */
  async cancel(project: string, id: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `UPDATE ${SCHEMA}.backtests SET state = 'cancelled', ended_at = now(), owner = NULL, leased_until = NULL
        WHERE project = $1 AND id = $2 AND state IN ('waiting', 'running')`,
      [project, id],
    );
    return rowCount !== 0;
  }

  /** The next run of these projects that nobody does, now this process's: of the project whose turn is the longest ago, the longest waiting. */
  async claim(owner: string, projects: readonly string[]): Promise<ClaimedBacktest | undefined> {
    await this.pool.query(
      `UPDATE ${SCHEMA}.backtests SET state = 'failed', ended_at = now(), owner = NULL, problem = $1
        WHERE state = 'running' AND leased_until < now() AND attempts >= ${MAX_ATTEMPTS}`,
      [JSON.stringify({ code: ABANDONED, message: '' } satisfies BacktestFailure)],
    );
    const { rows } = await this.pool.query<{ id: string; setting: unknown }>(
      `UPDATE ${SCHEMA}.backtests SET state = 'running', owner = $1, attempts = attempts + 1, progress = NULL, started_at = now(),
              leased_until = now() + interval '${LEASE}'
        WHERE id = (SELECT id FROM ${SCHEMA}.backtests AS next
                     WHERE project = ANY ($2) AND (state = 'waiting' OR (state = 'running' AND leased_until < now()))
                     ORDER BY (SELECT max(started_at) FROM ${SCHEMA}.backtests WHERE project = next.project) NULLS FIRST, requested_at
                     LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, setting`,
      [owner, projects],
    );
    const [row] = rows;
    return row && { id: row.id, setting: BacktestSetting.parse(row.setting) };
  }

  /** A sign of life; false when the run is not this process's any more: cancelled, or taken up by another. */
  async renew(id: string, owner: string, progress: BacktestProgress | undefined): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `UPDATE ${SCHEMA}.backtests SET leased_until = now() + interval '${LEASE}', progress = coalesce($3, progress)
        WHERE id = $1 AND owner = $2 AND state = 'running'`,
      [id, owner, progress === undefined ? null : JSON.stringify(progress)],
    );
    return rowCount !== 0;
  }

  /** Gives a run back, for the next process: this one stops, and nothing is wrong with the run. */
  async release(id: string, owner: string): Promise<void> {
    await this.pool.query(
      `UPDATE ${SCHEMA}.backtests SET state = 'waiting', owner = NULL, leased_until = NULL, progress = NULL, attempts = attempts - 1
        WHERE id = $1 AND owner = $2 AND state = 'running'`,
      [id, owner],
    );
  }

  /**
   * Keeps what came of a run that is still this process's.
   *
   * @param isErased - whether an erasure covers what happened to a subject, or to a key, at an instant
   */
  end(
    { id, setting }: ClaimedBacktest,
    owner: string,
    end: BacktestEnd,
    isErased: (who: string, atMs: number) => boolean,
  ): Promise<void> {
    return inTransaction(this.pool, async (client) => {
      const { samples: _samples, subjects: _subjects, ...kept } = end.kind === 'done' ? end.result : {};
      const { rowCount } = await client.query(
        `UPDATE ${SCHEMA}.backtests SET state = $3, ended_at = now(), owner = NULL, leased_until = NULL, result = $4, problem = $5
          WHERE id = $1 AND owner = $2 AND state = 'running'`,
        [
          id,
          owner,
          end.kind,
          end.kind === 'done' ? JSON.stringify(kept) : null,
          end.kind === 'failed' ? JSON.stringify(end.problem) : null,
        ],
      );
      if (rowCount === 0 || end.kind === 'failed') return;
      const rows = sampleRows(end.result, setting).filter(
        ({ subject, key, at }) =>
          !isErased(subject, Date.parse(at)) && (key === null || !isErased(key, Date.parse(at))),
      );
      // Each as a text of its own: PostgreSQL keeps JSON as it is, and fails where it has to unfold "\\u0000" or half a character in it.
      await client.query(
        `INSERT INTO ${SCHEMA}.backtest_samples (backtest, project, kind, position, subject, key, at, sample)
         SELECT $1, $2, r.kind, r.position, r.subject, r.key, r.at, r.sample
           FROM unnest($3::text[], $4::integer[], $5::text[], $6::text[], $7::timestamptz[], $8::json[]) AS r (kind, position, subject, key, at, sample)`,
        [
          id,
          setting.project,
          rows.map(({ kind }) => kind),
          rows.map(({ position }) => position),
          rows.map(({ subject }) => subject),
          rows.map(({ key }) => key),
          rows.map(({ at }) => at),
          rows.map(({ sample }) => JSON.stringify(sample)),
        ],
      );
    });
  }

  /** Those that ended, or were asked for, long ago. */
  async forgetOld(): Promise<void> {
    await this.pool.query(
      `DELETE FROM ${SCHEMA}.backtests WHERE coalesce(ended_at, requested_at) < now() - interval '${KEPT}'`,
    );
  }

  /** What results say of subjects, and of the keys that rules go by, as a store of their data. */
  store(): ErasableStore {
    const where = 'project = $1 AND (subject = $2 OR key = $2) AND at <= $3';
    const given = ({ project, subject, erasedAt }: OpenErasure): unknown[] => [project, subject, erasedAt];
    return {
      name: 'backtests',
      count: async (erasure) => {
        const { rows } = await this.pool.query<{ rows: string }>(
          `SELECT count(*) AS rows FROM ${SCHEMA}.backtest_samples WHERE ${where}`,
          given(erasure),
        );
        return Number(rows[0]!.rows);
      },
      remove: async (erasure) => {
        await this.pool.query(`DELETE FROM ${SCHEMA}.backtest_samples WHERE ${where}`, given(erasure));
      },
    };
  }
}
