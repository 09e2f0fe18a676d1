import type { KafkaDriver, KafkaMessage, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { inSnapshot } from '@hermes/connectors/postgres/snapshot';
import { LIST_BUCKETS, packBucket } from '@hermes/contracts/list-bucket';
import { listBucketKey, type ListHead, listHeadKey } from '@hermes/contracts/named-list';
import { listsTopic } from '@hermes/contracts/topics';
import type { PublishDefinitions } from '@hermes/service-kit/definition-publisher';
import type { PoolClient } from 'pg';
import { SCHEMA } from '../rules/project-transaction.ts';
import type { KnownList } from './lists-fold.ts';

/** So many are read and packed at once, some thousand entries: in between others get their turn. */
const BUCKETS_AT_ONCE = 8;
/** A statement has a time limit. */
const DELETED_AT_ONCE = 128;

interface ChangedList {
  readonly number: number;
  readonly id: string;
  readonly revision: number;
  readonly published_revision: number;
  readonly entries: number;
  readonly is_deleted: boolean;
}

/** What this process has read of a project's topic; undefined while it has not. */
export type KnownLists = (project: string) => ReadonlyMap<string, KnownList> | undefined;

/**
 * Publishes what has changed of a project's lists since Kafka acknowledged them: buckets first, then the list's head, with which they are in force. The
 * first time in a process it looks whether the topic has what the database noted as published, and publishes anew what it has lost.
 */
export function publishLists(kafka: KafkaDriver, known: KnownLists): PublishDefinitions<PoolClient> {
  const verified = new Set<string>();
  return async (project, db) => {
    const there = verified.has(project) ? undefined : known(project);
    if (there !== undefined) {
      await unpublishLost(db, project, there);
      verified.add(project);
    }
    const producer = await kafka.producer();
    try {
      const published = await inSnapshot(db, () => publishChanged(db, project, producer));
      for (const list of published) await notePublished(db, list);
    } finally {
      await producer.close();
    }
  };
}

async function unpublishLost(db: PoolClient, project: string, there: ReadonlyMap<string, KnownList>): Promise<void> {
  const { rows } = await db.query<Pick<ChangedList, 'number' | 'id' | 'published_revision'>>(
    `SELECT number, id, published_revision FROM ${SCHEMA}.lists
      WHERE project = $1 AND deleted_at IS NULL AND published_revision > 0`,
    [project],
  );
  const lost = rows.filter(({ number, id, published_revision: published }) => {
    const list = there.get(id);
    return list?.number !== number || list.revision < published;
  });
  await db.query(`UPDATE ${SCHEMA}.lists SET published_revision = 0 WHERE number = ANY($1)`, [
    lost.map(({ number }) => number),
  ]);
}

async function publishChanged(
  db: PoolClient,
  project: string,
  producer: KafkaProducer,
): Promise<readonly ChangedList[]> {
  // A list that is gone before the one that was made anew under its id.
  const { rows } = await db.query<ChangedList>(
    `SELECT number, id, revision, published_revision, entries, deleted_at IS NOT NULL AS is_deleted FROM ${SCHEMA}.lists
      WHERE project = $1 AND (deleted_at IS NOT NULL OR published_revision < revision) ORDER BY number`,
    [project],
  );
  const topic = listsTopic(project);
  for (const list of rows) {
    const head = { topic, key: listHeadKey(list.id) };
    if (list.is_deleted) {
      const gone = await bucketsSince(db, list.number, 0);
      await producer.send([{ ...head, value: null }]);
      await producer.send(gone.map((bucket) => ({ topic, key: listBucketKey(list.number, bucket), value: null })));
      continue;
    }
    const changed = await bucketsSince(db, list.number, list.published_revision);
    for (let i = 0; i < changed.length; i += BUCKETS_AT_ONCE)
      await producer.send(await packed(db, topic, list, changed.slice(i, i + BUCKETS_AT_ONCE)));
    const { number, revision, entries } = list;
    await producer.send([{ ...head, value: JSON.stringify({ number, revision, entries } satisfies ListHead) }]);
  }
  return rows;
}

async function bucketsSince(db: PoolClient, list: number, revision: number): Promise<readonly number[]> {
  const { rows } = await db.query<{ bucket: number }>(
    `SELECT bucket FROM ${SCHEMA}.list_buckets WHERE list = $1 AND revision > $2 ORDER BY bucket`,
    [list, revision],
  );
  return rows.map(({ bucket }) => bucket);
}

async function packed(
  db: PoolClient,
  topic: string,
  { number, revision }: ChangedList,
  buckets: readonly number[],
): Promise<KafkaMessage[]> {
  // No entry has a line break.
  const { rows } = await db.query<{ bucket: number; entries: string }>(
    `SELECT bucket, string_agg(entry, E'\\n') AS entries FROM ${SCHEMA}.list_entries
      WHERE list = $1 AND bucket = ANY($2) GROUP BY bucket`,
    [number, buckets],
  );
  const entriesOf = new Map(rows.map(({ bucket, entries }) => [bucket, entries.split('\n')]));
  return buckets.map((bucket) => ({
    topic,
    key: listBucketKey(number, bucket),
    value: packBucket(revision, entriesOf.get(bucket) ?? []),
  }));
}

async function notePublished(db: PoolClient, { number, revision, is_deleted: isDeleted }: ChangedList): Promise<void> {
  if (!isDeleted) {
    await db.query(`UPDATE ${SCHEMA}.lists SET published_revision = $2 WHERE number = $1`, [number, revision]);
    return;
  }
  await db.query(`DELETE FROM ${SCHEMA}.list_buckets WHERE list = $1`, [number]);
  for (let from = 0; from < LIST_BUCKETS; from += DELETED_AT_ONCE)
    await db.query(`DELETE FROM ${SCHEMA}.list_entries WHERE list = $1 AND bucket >= $2 AND bucket < $3`, [
      number,
      from,
      from + DELETED_AT_ONCE,
    ]);
  await db.query(`DELETE FROM ${SCHEMA}.lists WHERE number = $1`, [number]);
}
