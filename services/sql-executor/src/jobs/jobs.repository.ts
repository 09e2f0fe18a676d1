import { inTransaction } from '@hermes/connectors/postgres/transaction';
import type { JobDraft, RunState } from '@hermes/contracts/job';
import type { Pool, PoolClient } from 'pg';
import type { RunFigures } from '../runs/messages.ts';

export interface RunRecord {
  readonly id: string;
  readonly version: number;
  readonly state: RunState;
  readonly reason: string | null;
  readonly startedAt: Date;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly lateRows: number;
  readonly lastCheckpoint: number | null;
  readonly lastCheckpointAt: Date | null;
}

export interface JobRecord {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly version: number;
  readonly desired: 'running' | 'stopped';
  readonly runVersion: number | null;
  readonly sql: string;
  readonly checkpointIntervalMs: number;
  readonly createdAt: Date;
  readonly run: RunRecord | null;
}

interface JobRow {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly version: number;
  readonly desired: 'running' | 'stopped';
  readonly run_version: number | null;
  readonly sql: string;
  readonly checkpoint_interval_ms: number;
  readonly created_at: Date;
  readonly run_id: string | null;
  readonly state: RunState;
  readonly reason: string | null;
  readonly started_at: Date;
  readonly rows_read: string;
  readonly rows_written: string;
  readonly late_rows: string;
  readonly last_checkpoint: number | null;
  readonly last_checkpoint_at: Date | null;
}

const SELECT = `
  SELECT j.id, j.project, j.name, j.version, j.desired, j.run_version, j.created_at, v.sql, v.checkpoint_interval_ms,
         r.id AS run_id, r.state, r.reason, r.started_at, r.rows_read, r.rows_written, r.late_rows, r.last_checkpoint, r.last_checkpoint_at
    FROM sql_executor.jobs j
    JOIN sql_executor.job_versions v ON v.job = j.id AND v.version = j.version
    LEFT JOIN LATERAL (
           SELECT * FROM sql_executor.runs WHERE job = j.id AND version = j.run_version ORDER BY number DESC LIMIT 1
         ) r ON true
   WHERE j.deleted_at IS NULL`;

const jobOf = (row: JobRow): JobRecord => ({
  id: row.id,
  project: row.project,
  name: row.name,
  version: row.version,
  desired: row.desired,
  runVersion: row.run_version,
  sql: row.sql,
  checkpointIntervalMs: row.checkpoint_interval_ms,
  createdAt: row.created_at,
  run:
    row.run_id === null
      ? null
      : {
          id: row.run_id,
          version: row.run_version ?? row.version,
          state: row.state,
          reason: row.reason,
          startedAt: row.started_at,
          rowsRead: Number(row.rows_read),
          rowsWritten: Number(row.rows_written),
          lateRows: Number(row.late_rows),
          lastCheckpoint: row.last_checkpoint,
          lastCheckpointAt: row.last_checkpoint_at,
        },
});

const UNIQUE_VIOLATION = '23505';

/** Jobs, their versions and their runs in PostgreSQL. */
export class JobsRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  async list(project: string): Promise<readonly JobRecord[]> {
    const { rows } = await this.pool.query<JobRow>(`${SELECT} AND j.project = $1 ORDER BY j.name`, [project]);
    return rows.map(jobOf);
  }

  /** Every job that should run, of all projects. */
  async wanted(): Promise<readonly JobRecord[]> {
    const { rows } = await this.pool.query<JobRow>(`${SELECT} AND j.desired = 'running' ORDER BY j.id`);
    return rows.map(jobOf);
  }

  async find(project: string, id: string): Promise<JobRecord | undefined> {
    const { rows } = await this.pool.query<JobRow>(`${SELECT} AND j.project = $1 AND j.id = $2`, [project, id]);
    return rows[0] === undefined ? undefined : jobOf(rows[0]);
  }

  /** False when the project has a job of this name. */
  async create(project: string, id: string, draft: JobDraft, by: string): Promise<boolean> {
    try {
      await inTransaction(this.pool, async (client) => {
        await client.query('INSERT INTO sql_executor.jobs (id, project, name, version) VALUES ($1, $2, $3, 1)', [
          id,
          project,
          draft.name,
        ]);
        await addVersion(client, id, 1, draft, by);
      });
      return true;
    } catch (error) {
      if ((error as { code?: string }).code === UNIQUE_VIOLATION) return false;
      throw error;
    }
  }

  /** A new version; `undefined` when there is no such job, false when the name is taken. The same text again changes nothing. */
  async update(project: string, id: string, draft: JobDraft, by: string): Promise<boolean | undefined> {
    try {
      return await inTransaction(this.pool, async (client) => {
        const { rows } = await client.query<{ version: number }>(
          'SELECT version FROM sql_executor.jobs WHERE project = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE',
          [project, id],
        );
        const current = rows[0]?.version;
        if (current === undefined) return undefined;
        const { rowCount } = await client.query(
          'SELECT 1 FROM sql_executor.job_versions WHERE job = $1 AND version = $2 AND sql = $3 AND checkpoint_interval_ms = $4',
          [id, current, draft.sql, draft.checkpointIntervalMs],
        );
        const version = rowCount === 0 ? current + 1 : current;
        if (version !== current) await addVersion(client, id, version, draft, by);
        await client.query('UPDATE sql_executor.jobs SET name = $2, version = $3 WHERE id = $1', [
          id,
          draft.name,
          version,
        ]);
        return true;
      });
    } catch (error) {
      if ((error as { code?: string }).code === UNIQUE_VIOLATION) return false;
      throw error;
    }
  }

  async setDesired(id: string, desired: JobRecord['desired'], runVersion?: number): Promise<void> {
    await this.pool.query(
      'UPDATE sql_executor.jobs SET desired = $2, run_version = COALESCE($3, run_version) WHERE id = $1',
      [id, desired, runVersion ?? null],
    );
  }

  async delete(id: string): Promise<void> {
    await this.pool.query("UPDATE sql_executor.jobs SET desired = 'stopped', deleted_at = now() WHERE id = $1", [id]);
  }

  /** The text of a version. */
  async version(
    id: string,
    version: number,
  ): Promise<{ readonly sql: string; readonly checkpointIntervalMs: number } | undefined> {
    const { rows } = await this.pool.query<{ sql: string; checkpoint_interval_ms: number }>(
      'SELECT sql, checkpoint_interval_ms FROM sql_executor.job_versions WHERE job = $1 AND version = $2',
      [id, version],
    );
    const [row] = rows;
    return row === undefined ? undefined : { sql: row.sql, checkpointIntervalMs: row.checkpoint_interval_ms };
  }

  /** Makes sure of the run of a version, the newest if there are several, and marks it as starting. */
  async beginRun(job: string, version: number): Promise<string> {
    const { rows } = await this.pool.query<{ id: string }>(
      `WITH newest AS (SELECT coalesce(max(number), 1) AS number FROM sql_executor.runs WHERE job = $2 AND version = $3)
       INSERT INTO sql_executor.runs (id, job, version, number, state) SELECT $1, $2, $3, number, 'starting' FROM newest
       ON CONFLICT (job, version, number) DO UPDATE SET state = 'starting', reason = NULL, started_at = now()
       RETURNING id`,
      [`${job}-v${version}`, job, version],
    );
    return rows[0]!.id;
  }

  /** A new run of a version, which begins from a savepoint. What it delivers is told from the version's other runs by its id. */
  async addRun(
    job: string,
    version: number,
    savepoint: string,
    allowNonRestoredState: boolean,
    by: string,
  ): Promise<string> {
    return inTransaction(this.pool, async (client) => {
      await client.query('SELECT 1 FROM sql_executor.jobs WHERE id = $1 FOR UPDATE', [job]);
      const { rows } = await client.query<{ id: string }>(
        `INSERT INTO sql_executor.runs (id, job, version, number, state, savepoint, allow_non_restored_state)
         SELECT $1 || '-v' || $2::integer || '-' || number, $1, $2, number, 'starting', $3, $4
           FROM (SELECT coalesce(max(number), 1) + 1 AS number FROM sql_executor.runs WHERE job = $1 AND version = $2) AS next
         RETURNING id`,
        [job, version, savepoint, allowNonRestoredState],
      );
      const { id } = rows[0]!;
      await client.query("UPDATE sql_executor.jobs SET desired = 'running', run_version = $2 WHERE id = $1", [
        job,
        version,
      ]);
      await writeAudit(client, job, { by, what: 'started-from-savepoint', savepoint, run: id });
      return id;
    });
  }

  /** The savepoint that a run begins from; undefined: from nothing. */
  async beganFrom(
    run: string,
  ): Promise<{ readonly savepoint: string; readonly allowNonRestoredState: boolean } | undefined> {
    const { rows } = await this.pool.query<{ savepoint: string | null; allow_non_restored_state: boolean }>(
      'SELECT savepoint, allow_non_restored_state FROM sql_executor.runs WHERE id = $1',
      [run],
    );
    const [row] = rows;
    return row === undefined || row.savepoint === null
      ? undefined
      : { savepoint: row.savepoint, allowNonRestoredState: row.allow_non_restored_state };
  }

  async audit(job: string, line: AuditLine): Promise<void> {
    await writeAudit(this.pool, job, line);
  }

  /** A number above that of every process that the run had. */
  async nextEpoch(run: string): Promise<number> {
    const { rows } = await this.pool.query<{ epoch: number }>(
      'UPDATE sql_executor.runs SET epoch = epoch + 1 WHERE id = $1 RETURNING epoch',
      [run],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`there is no run ${run}`);
    return row.epoch;
  }

  /** Without figures those of before stay. */
  async saveRun(id: string, state: RunState, reason: string | null, figures: RunFigures | undefined): Promise<void> {
    if (figures === undefined) {
      await this.pool.query('UPDATE sql_executor.runs SET state = $2, reason = $3 WHERE id = $1', [id, state, reason]);
      return;
    }
    await this.pool.query(
      `UPDATE sql_executor.runs
          SET state = $2, reason = $3, rows_read = $4, rows_written = $5, late_rows = $6, last_checkpoint = $7, last_checkpoint_at = $8
        WHERE id = $1`,
      [
        id,
        state,
        reason,
        figures.rowsRead,
        figures.rowsWritten,
        figures.lateRows,
        figures.lastCheckpoint,
        figures.lastCheckpointAt,
      ],
    );
  }
}

/** Who did what with a savepoint. */
export interface AuditLine {
  readonly by: string;
  readonly what: 'savepoint-taken' | 'stopped-with-savepoint' | 'started-from-savepoint' | 'savepoint-deleted';
  readonly savepoint: string;
  readonly run: string;
}

async function writeAudit(client: Pick<PoolClient, 'query'>, job: string, line: AuditLine): Promise<void> {
  await client.query(
    `INSERT INTO sql_executor.audit (project, job, by, what, savepoint, run)
     SELECT project, id, $2, $3, $4, $5 FROM sql_executor.jobs WHERE id = $1`,
    [job, line.by, line.what, line.savepoint, line.run],
  );
}

async function addVersion(
  client: PoolClient,
  job: string,
  version: number,
  draft: JobDraft,
  by: string,
): Promise<void> {
  await client.query(
    'INSERT INTO sql_executor.job_versions (job, version, sql, checkpoint_interval_ms, created_by) VALUES ($1, $2, $3, $4, $5)',
    [job, version, draft.sql, draft.checkpointIntervalMs, by],
  );
}
