import { inTransaction } from '@hermes/connectors/postgres/transaction';
import type { ErasureReport } from '@hermes/contracts/erasure';
import type { ErasureView } from '@hermes/contracts/erasure-api';
import { subjectHash } from '@hermes/contracts/subject-hash';
import type { Pool, PoolClient } from 'pg';
import { SCHEMA } from '../features/project-transaction.ts';
import { erasureDigest, erasureLimits, missingStores, withReport } from './erasure-proof.ts';
import { type ErasureRow, viewOfRow } from './erasure-row.ts';

const TABLE = `${SCHEMA}.erasures`;
/** An erasure that is still open after so long is put on its topic again, so that the stores do it, and report it, again. */
const ANNOUNCE_AGAIN_AFTER_S = 900;

/** A subject whose record on `<project>.erasures` is not as it should be. */
export interface DueErasure {
  readonly project: string;
  readonly subject_hash: string;
}

export interface NewErasure {
  readonly id: string;
  readonly project: string;
  readonly subject: string;
  readonly requestedBy: string;
  readonly reason: string | null;
}

export interface ErasuresQuery {
  readonly subject?: string | undefined;
  /** Only those after this one in the list. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Erasures in PostgreSQL: what was asked for, what the stores have reported, and the chain of proofs. */
export class ErasuresRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Keeps a new erasure. Later than every other of the subject, so that one of them is the newest. */
  async add(erasure: NewErasure): Promise<ErasureRow> {
    const hash = subjectHash(erasure.subject);
    return this.inProject(erasure.project, async (client) => {
      const { rows: others } = await client.query<{ newest: Date | null }>(
        `SELECT max(erased_at) AS newest FROM ${TABLE} WHERE project = $1 AND subject_hash = $2`,
        [erasure.project, hash],
      );
      const erasedAt = new Date(Math.max(Date.now(), (others[0]?.newest?.getTime() ?? 0) + 1));
      const { rows } = await client.query<ErasureRow>(
        `INSERT INTO ${TABLE} (id, project, subject_hash, subject, erased_at, requested_by, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *`,
        [erasure.id, erasure.project, hash, erasure.subject, erasedAt, erasure.requestedBy, erasure.reason],
      );
      return rows[0]!;
    });
  }

  /** Newest first. */
  async list(project: string, { subject, before, limit }: ErasuresQuery): Promise<readonly ErasureView[]> {
    const { rows } = await this.pool.query<ErasureRow>(
      `SELECT * FROM ${TABLE} WHERE project = $1 AND ($2::text IS NULL OR subject_hash = $2)
          AND ($3::text IS NULL OR (erased_at, id) < (SELECT erased_at, id FROM ${TABLE} WHERE project = $1 AND id = $3))
        ORDER BY erased_at DESC, id DESC LIMIT $4`,
      [project, subject === undefined ? null : subjectHash(subject), before ?? null, limit],
    );
    return rows.map(viewOfRow);
  }

  async find(project: string, id: string): Promise<ErasureView | undefined> {
    const { rows } = await this.pool.query<ErasureRow>(`SELECT * FROM ${TABLE} WHERE project = $1 AND id = $2`, [
      project,
      id,
    ]);
    return rows[0] === undefined ? undefined : viewOfRow(rows[0]);
  }

  /** All complete erasures of a project in the order of the chain. */
  async chain(project: string): Promise<readonly ErasureView[]> {
    const { rows } = await this.pool.query<ErasureRow>(
      `SELECT * FROM ${TABLE} WHERE project = $1 AND completed_at IS NOT NULL ORDER BY chain_number`,
      [project],
    );
    return rows.map(viewOfRow);
  }

  /**
   * Takes a store's report, and completes the erasures that wait for no other. It also speaks for earlier erasures of the subject: what is
   * gone up to a later instant is gone up to an earlier one, and their own record may have been compacted away. A repeat changes nothing.
   *
   * @returns whether any erasure became complete
   */
  async takeReport(project: string, report: ErasureReport): Promise<boolean> {
    const open = `SELECT o.* FROM ${TABLE} o JOIN ${TABLE} r ON r.project = o.project AND r.subject_hash = o.subject_hash
      WHERE r.project = $1 AND r.id = $2 AND r.subject_hash = $3 AND o.completed_at IS NULL AND o.erased_at <= r.erased_at
      ORDER BY o.erased_at, o.id`;
    const parameters = [project, report.erasureId, report.subjectHash];
    // As a rule a report that is read again at a start is about what was complete long ago.
    if ((await this.pool.query(open, parameters)).rowCount === 0) return false;
    return this.inProject(project, async (client) => {
      const { rows } = await client.query<ErasureRow>(open, parameters);
      let isAnyComplete = false;
      for (const row of rows) {
        const reports = withReport(row.reports, report);
        if (reports === row.reports) continue;
        await client.query(`UPDATE ${TABLE} SET reports = $2 WHERE id = $1`, [row.id, JSON.stringify(reports)]);
        if (missingStores(reports).length > 0) continue;
        await complete(client, { ...row, reports });
        isAnyComplete = true;
      }
      return isAnyComplete;
    });
  }

  /** The subjects whose record is to be written: never written, written long ago and still open, or still with the subject. */
  async due(): Promise<readonly DueErasure[]> {
    const { rows } = await this.pool.query<DueErasure>(
      `SELECT project, subject_hash FROM (
         SELECT DISTINCT ON (project, subject_hash) project, subject_hash, completed_at, announced_at, forgotten_at
           FROM ${TABLE} WHERE (project, subject_hash) IN (SELECT project, subject_hash FROM ${TABLE} WHERE forgotten_at IS NULL)
          ORDER BY project, subject_hash, erased_at DESC, id DESC) newest
        WHERE CASE WHEN completed_at IS NULL
                   THEN announced_at IS NULL OR announced_at < now() - make_interval(secs => $1)
                   ELSE forgotten_at IS NULL END`,
      [ANNOUNCE_AGAIN_AFTER_S],
    );
    return rows;
  }

  /**
   * Hands the subject's newest erasure to `publish` and notes it when that resolves. One process at a time, so that a record with the
   * subject never comes after the one without.
   */
  async publish(
    { project, subject_hash: hash }: DueErasure,
    publish: (newest: ErasureRow) => Promise<void>,
  ): Promise<void> {
    await this.inProject(project, async (client) => {
      const { rows } = await client.query<ErasureRow>(
        `SELECT * FROM ${TABLE} WHERE project = $1 AND subject_hash = $2 ORDER BY erased_at DESC, id DESC LIMIT 1`,
        [project, hash],
      );
      const newest = rows[0];
      if (newest === undefined) return;
      await publish(newest);
      await client.query(
        `UPDATE ${TABLE} SET announced_at = now(),
            forgotten_at = CASE WHEN completed_at IS NULL THEN NULL ELSE coalesce(forgotten_at, now()) END
          WHERE project = $1 AND subject_hash = $2`,
        [project, hash],
      );
    });
  }

  /** Changes of a project's erasures one after the other: the chain has one end. */
  private inProject<T>(project: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, work, `profile-store/erasures/${project}`);
  }
}

/** Ends an erasure: it forgets the subject and becomes the chain's last link, in one statement of the transaction. */
async function complete(client: PoolClient, row: ErasureRow): Promise<void> {
  const { rows } = await client.query<{ chain_number: number; digest: string }>(
    `SELECT chain_number, digest FROM ${TABLE} WHERE project = $1 AND completed_at IS NOT NULL ORDER BY chain_number DESC LIMIT 1`,
    [row.project],
  );
  const completedAt = new Date();
  const limits = erasureLimits(completedAt.getTime());
  const number = (rows[0]?.chain_number ?? 0) + 1;
  const previous = rows[0]?.digest ?? null;
  const view = viewOfRow({ ...row, subject: null, completed_at: completedAt });
  const digest = erasureDigest({ ...view, proof: { number, previous, notCovered: limits } });
  await client.query(
    `UPDATE ${TABLE} SET completed_at = $2, subject = NULL, chain_number = $3, limits = $4, previous = $5, digest = $6 WHERE id = $1`,
    [row.id, completedAt, number, JSON.stringify(limits), previous, digest],
  );
}
