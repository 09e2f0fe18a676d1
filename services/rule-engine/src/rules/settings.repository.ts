import type { RuleSettings } from '@hermes/contracts/rule-api';
import type { Pool, PoolClient } from 'pg';
import { inProject, SCHEMA, writeAudit } from './project-transaction.ts';

/** What the project asks of its rules; within `inProject` nobody changes it meanwhile. */
export async function loadSettings(db: Pick<PoolClient, 'query'>, project: string): Promise<RuleSettings> {
  const { rows } = await db.query<{ four_eyes: boolean }>(
    `SELECT four_eyes FROM ${SCHEMA}.settings WHERE project = $1`,
    [project],
  );
  return { fourEyes: rows[0]?.four_eyes ?? false };
}

export class RuleSettingsRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  get(project: string): Promise<RuleSettings> {
    return loadSettings(this.pool, project);
  }

  /** Keeps them; the same again writes nothing. */
  async save(project: string, settings: RuleSettings, by: string): Promise<void> {
    await inProject(this.pool, project, async (client) => {
      const before = await loadSettings(client, project);
      if (before.fourEyes === settings.fourEyes) return;
      await client.query(
        `INSERT INTO ${SCHEMA}.settings (project, four_eyes) VALUES ($1, $2)
         ON CONFLICT (project) DO UPDATE SET four_eyes = excluded.four_eyes`,
        [project, settings.fourEyes],
      );
      const entry = { kind: 'settings', id: 'settings', by, what: 'settings-changed' } as const;
      await writeAudit(client, project, { ...entry, before, after: settings });
    });
  }
}
