import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { inSnapshot } from '@hermes/connectors/postgres/snapshot';
import { FEATURE_STATUS_ID, type FeatureStatus } from '@hermes/contracts/feature';
import { segmentMemberId } from '@hermes/contracts/profile-segment';
import { featuresTopic } from '@hermes/contracts/topics';
import { DefinitionPublisher, type PublishDefinitions } from '@hermes/service-kit/definition-publisher';
import { PublicationRepository } from '@hermes/service-kit/publication.repository';
import { type DefinitionMember, publishDefinitionSet } from '@hermes/stream-runtime/publish-definitions';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import { hadSegments, segmentsInForce } from '../segments/segments.repository.ts';
import { SCHEMA } from './project-transaction.ts';

interface CountingRow {
  readonly id: string;
  readonly version: number;
  readonly slot: number;
  readonly definition: string;
  readonly is_live: boolean;
}

const COUNTING = `
  SELECT v.id, v.version, v.slot, v.definition, v.version = f.live_version AS is_live
    FROM ${SCHEMA}.features f
    JOIN ${SCHEMA}.feature_versions v ON v.project = f.project AND v.id = f.id
     AND (v.version = f.live_version OR v.version = f.filling_version)
   WHERE f.project = $1 AND f.archived_at IS NULL
   ORDER BY v.id, v.version`;

/**
 * What is to be published now: every version that counts, the segments, and the status under the revision that it is the status of. All of one snapshot:
 * a status of another moment under the same revision could never be published. Nothing here depends on the clock, for the same reason.
 */
export const publishedFeatures = (db: PoolClient, project: string): Promise<readonly DefinitionMember[]> =>
  inSnapshot(db, async () => {
    const { rows: state } = await db.query<{ revision: string }>(
      `SELECT revision FROM ${SCHEMA}.publication_state WHERE project = $1`,
      [project],
    );
    const { rows: counting } = await db.query<CountingRow>(COUNTING, [project]);
    const { rows: wished } = await db.query<{ feature: string }>(
      `SELECT DISTINCT unnest(features) AS feature FROM ${SCHEMA}.subscriptions WHERE project = $1`,
      [project],
    );
    const { rows: groups } = await db.query<{ group: string }>(
      `SELECT DISTINCT definition::json->>'group' AS "group" FROM ${SCHEMA}.feature_versions WHERE project = $1 ORDER BY 1`,
      [project],
    );
    const wishes = new Set(wished.map(({ feature }) => feature));
    const status: FeatureStatus = {
      live: Object.fromEntries(counting.filter((row) => row.is_live).map(({ id, version }) => [id, version])),
      subscribed: counting
        .filter(({ id }) => wishes.has(id))
        .map(({ slot }) => slot)
        .sort((a, b) => a - b),
      groups: groups.map(({ group }) => group),
      ...((await hadSegments(db, project)) ? { segments: true } : {}),
    };
    const segments = await segmentsInForce(db, project);
    return [
      ...counting.map(({ id, version, definition }) => ({ id, version, value: definition })),
      ...segments.map((segment) => ({
        id: segmentMemberId(segment.id),
        version: segment.version,
        value: JSON.stringify(segment),
      })),
      { id: FEATURE_STATUS_ID, version: Number(state[0]?.revision ?? 1), value: JSON.stringify(status) },
    ];
  });

const publishOnKafka =
  (kafka: KafkaDriver): PublishDefinitions<readonly DefinitionMember[]> =>
  async (project, members) => {
    await publishDefinitionSet(kafka, featuresTopic(project), { members, publishedAt: new Date().toISOString() });
  };

export type FeaturePublisher = DefinitionPublisher<readonly DefinitionMember[]>;

/** Brings features as the database has them onto `<project>.features`; `takeUp` and `release` say for which projects. */
export function openFeaturePublisher(pool: Pool, kafka: KafkaDriver, logger: Logger): FeaturePublisher {
  const publication = new PublicationRepository(pool, { schema: SCHEMA, load: publishedFeatures });
  return new DefinitionPublisher(publication, publishOnKafka(kafka), logger);
}
