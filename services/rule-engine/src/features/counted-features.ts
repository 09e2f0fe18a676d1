import type { Feature } from '@hermes/contracts/feature';
import type { Rule } from '@hermes/contracts/rule';
import { featuresCounted } from '@hermes/rules/features-of-rule';
import { raiseRevision } from '@hermes/service-kit/publication.repository';
import type { Pool, PoolClient } from 'pg';
import { inProject, SCHEMA } from '../rules/project-transaction.ts';
import { CANDIDATE_VERSION } from '../rules/candidate-version.ts';

/** A feature that is counted for rules. */
export interface CountedFeature {
  readonly id: string;
  readonly version: number;
  /** Of its state in the partitions. */
  readonly slot: number;
}

type Db = Pick<PoolClient, 'query'>;

/** True of a rule's version when each feature that it asks for is filled. `v`: of rule_versions or rules, with project, id and version. */
const ALL_FILLED = `NOT EXISTS (
  SELECT 1 FROM ${SCHEMA}.rule_features f
    LEFT JOIN ${SCHEMA}.counted_features c ON c.project = f.project AND c.id = f.feature_id AND c.version = f.feature_version
   WHERE f.project = v.project AND f.rule_id = v.id AND f.rule_version = v.version AND c.filled_at IS NULL)`;

/**
 * Has what a rule's newest version, or its candidate, asks for counted, and puts the version in force (has the candidate run) if that is filled already.
 * Until it is, the version before stays in force. The features are remembered.
 */
export async function askForFeatures(
  client: PoolClient,
  project: string,
  rule: Pick<Rule, 'id' | 'version' | 'conditions' | 'actions'>,
): Promise<void> {
  for (const { id, version } of featuresCounted(rule)) {
    await client.query(
      `INSERT INTO ${SCHEMA}.rule_features (project, rule_id, rule_version, feature_id, feature_version)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [project, rule.id, rule.version, id, version],
    );
    await client.query(
      `INSERT INTO ${SCHEMA}.counted_features (project, id, version) VALUES ($1, $2, $3)
       ON CONFLICT (project, id, version) DO UPDATE SET released_at = NULL`,
      [project, id, version],
    );
  }
  await putInForce(client, project);
  await releaseFeatures(client, project);
}

/** The newest versions whose features are filled come into force, and candidates begin to run. */
async function putInForce(client: PoolClient, project: string): Promise<void> {
  await client.query(
    `UPDATE ${SCHEMA}.rules v SET live_version = version
      WHERE project = $1 AND deleted_at IS NULL AND live_version IS DISTINCT FROM version AND ${ALL_FILLED}`,
    [project],
  );
  await client.query(
    `UPDATE ${SCHEMA}.shadow_runs v SET running_since = now()
      WHERE project = $1 AND ended_at IS NULL AND running_since IS NULL AND ${ALL_FILLED}`,
    [project],
  );
}

/** So long a feature that nobody asks for any more is counted on: what is rolled back to, or taken out of the archive, is in force at once. */
const COUNTED_ON = '1 day';

/** Features that no version asks for which is in force, or is to be, or runs in the shadow, are released; what was released long ago is counted no more. */
export async function releaseFeatures(client: PoolClient, project: string): Promise<void> {
  await client.query(
    `UPDATE ${SCHEMA}.counted_features c SET released_at = now() WHERE project = $1 AND released_at IS NULL AND NOT EXISTS (
       SELECT 1 FROM ${SCHEMA}.rule_features f JOIN ${SCHEMA}.rules r ON r.project = f.project AND r.id = f.rule_id
        WHERE f.project = c.project AND f.feature_id = c.id AND f.feature_version = c.version
          AND (f.rule_version IN (r.live_version, ${CANDIDATE_VERSION}) OR (f.rule_version = r.version AND r.deleted_at IS NULL)))`,
    [project],
  );
  await client.query(
    `DELETE FROM ${SCHEMA}.counted_features WHERE project = $1 AND released_at < now() - $2::interval`,
    [project, COUNTED_ON],
  );
}

/** What the partitions are to count, with the slots of their state. */
export async function countedFeatures(db: Db, project: string): Promise<readonly Feature[]> {
  const { rows } = await db.query<{ slot: number; definition: Feature }>(
    `SELECT c.slot, n.definition FROM ${SCHEMA}.counted_features c JOIN ${SCHEMA}.named_features n USING (project, id, version)
      WHERE project = $1 ORDER BY c.slot`,
    [project],
  );
  // As it was kept: another release must publish the same bytes, or none could be published any more.
  return rows.map(({ slot, definition }) => ({ ...definition, slot }));
}

/** Groups of features that were ever counted for rules, by name. */
export async function groupsEver(db: Db, project: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ group: string }>(
    `SELECT DISTINCT definition->>'group' AS "group" FROM ${SCHEMA}.named_features WHERE project = $1 ORDER BY 1`,
    [project],
  );
  return rows.map(({ group }) => group);
}

/** A feature that a rule's newest version asks for. */
export interface AskedFeature {
  readonly id: string;
  readonly version: number;
  /** Of its state; undefined when it is counted no more. */
  readonly slot: number | undefined;
  readonly isFilled: boolean;
}

/** Fills in PostgreSQL: which are under way, and what is in force once they are done. */
export class CountedFeaturesRepository {
  private readonly pool: Pool;
  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Keeps what features are, so that rules can ask for them whatever becomes of them; a repeat changes nothing. */
  async remember(project: string, features: readonly Feature[]): Promise<void> {
    for (const feature of features)
      await this.pool.query(
        `INSERT INTO ${SCHEMA}.named_features (project, id, version, definition) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
        [project, feature.id, feature.version, JSON.stringify(feature)],
      );
  }

  /** What the newest version of a rule asks for. */
  async askedBy(project: string, ruleId: string): Promise<readonly AskedFeature[]> {
    const { rows } = await this.pool.query<{ id: string; version: number; slot: number | null; filled: boolean }>(
      `SELECT f.feature_id AS id, f.feature_version AS version, c.slot, c.filled_at IS NOT NULL AS filled
         FROM ${SCHEMA}.rules r
         JOIN ${SCHEMA}.rule_features f ON f.project = r.project AND f.rule_id = r.id AND f.rule_version = r.version
         LEFT JOIN ${SCHEMA}.counted_features c ON c.project = f.project AND c.id = f.feature_id AND c.version = f.feature_version
        WHERE r.project = $1 AND r.id = $2 ORDER BY id, version`,
      [project, ruleId],
    );
    return rows.map(({ id, version, slot, filled }) => ({ id, version, slot: slot ?? undefined, isFilled: filled }));
  }

  /** The features that are being filled, by project. */
  async filling(): Promise<ReadonlyMap<string, readonly CountedFeature[]>> {
    const { rows } = await this.pool.query<CountedFeature & { readonly project: string }>(
      `SELECT project, id, version, slot FROM ${SCHEMA}.counted_features WHERE filled_at IS NULL ORDER BY project, slot`,
    );
    return Map.groupBy(rows, ({ project }) => project);
  }

  /** Every partition has filled it: what waited for it alone is in force from now on. A repeat changes nothing. */
  markFilled(project: string, slot: number): Promise<void> {
    return inProject(this.pool, project, async (client) => {
      const { rowCount } = await client.query(
        `UPDATE ${SCHEMA}.counted_features SET filled_at = now() WHERE project = $1 AND slot = $2 AND filled_at IS NULL`,
        [project, slot],
      );
      if (rowCount === 0) return;
      await putInForce(client, project);
      await releaseFeatures(client, project);
      await raiseRevision(client, SCHEMA, project);
    });
  }
}
