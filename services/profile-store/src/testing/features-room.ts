import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { FEATURE_STATUS_ID, FeatureDraft, FeatureStatus } from '@hermes/contracts/feature';
import type { FeatureView, FillFigures } from '@hermes/contracts/feature-api';
import { featuresTopic } from '@hermes/contracts/topics';
import { type FeatureSet, featureSetOf } from '@hermes/profiles/features/feature-set';
import { migrate } from '@hermes/service-kit/migrate';
import { BreakableProxy } from '@hermes/service-kit/testing/breakable-proxy';
import { eventually, serverUrl } from '@hermes/service-kit/testing/service-process';
import { makeTestProject, type TestProject } from '@hermes/service-kit/testing/test-project';
import { DefinitionsFollower } from '@hermes/stream-runtime/definitions-follower';
import type { Pool } from 'pg';
import pino from 'pino';
import type { z } from 'zod';
import { type FeaturePublisher, openFeaturePublisher } from '../features/feature-publication.ts';
import { FeaturesRepository } from '../features/features.repository.ts';
import { FeaturesService } from '../features/features.service.ts';
import { SubscriptionsRepository } from '../subscriptions/subscriptions.repository.ts';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';

export const BY = 'editor@example.org';
export const FILLED: FillFigures = {
  partitions: [{ partition: 0, cut: 17, events: 12, done: true }],
  keptSince: '2026-01-01T00:00:00.000Z',
};

/** A count; what is given takes its place. */
export const countDraft = (more: Partial<z.input<typeof FeatureDraft>> = {}): FeatureDraft =>
  FeatureDraft.parse({ name: 'Showings', eventTypes: ['showing.ended'], compute: { kind: 'count' }, ...more });

/** A set as processors have it. */
export interface PublishedSet {
  readonly set: FeatureSet;
  readonly status: FeatureStatus;
  /** Version of the status. */
  readonly revision: number;
  /** `<id>/<version>` of each member but the status. */
  readonly members: readonly string[];
}

/** The status and answer of a problem; the error itself when it is none. */
export const problemOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no problem',
    (error: { readonly fields?: object }) => error.fields ?? error,
  );

/** What manages features, on real servers, with a project of its own for each test. */
export class FeaturesRoom {
  readonly logger = pino({ level: process.env['HERMES_TEST_LOG'] ?? 'silent' });
  readonly kafka: KafkaDriver;
  readonly database: TestDatabase;
  readonly proxy: BreakableProxy;
  readonly pool: Pool;
  readonly repository: FeaturesRepository;
  readonly subscriptions: SubscriptionsRepository;
  private current: { project: TestProject; follower: DefinitionsFollower<PublishedSet | undefined> } | undefined;
  private currentPublisher: FeaturePublisher | undefined;
  private currentService: FeaturesService | undefined;

  private constructor(kafka: KafkaDriver, database: TestDatabase, proxy: BreakableProxy) {
    this.kafka = kafka;
    this.database = database;
    this.proxy = proxy;
    this.pool = openPostgres(proxy.url);
    this.repository = new FeaturesRepository(this.pool);
    this.subscriptions = new SubscriptionsRepository(this.pool);
  }

  static async open(): Promise<FeaturesRoom> {
    const kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'features-test' });
    const database = await makeTestDatabase();
    await migrate(database.url, 'profile_store', new URL('../../migrations', import.meta.url));
    return new FeaturesRoom(kafka, database, await BreakableProxy.open(database.url));
  }

  get project(): string {
    return this.current!.project.id;
  }
  get follower(): DefinitionsFollower<PublishedSet | undefined> {
    return this.current!.follower;
  }
  get publisher(): FeaturePublisher {
    return this.currentPublisher!;
  }
  get features(): FeaturesService {
    return this.currentService!;
  }

  async begin(): Promise<void> {
    await this.end();
    const project = await makeTestProject(this.kafka, 2);
    const follower = await DefinitionsFollower.open<PublishedSet | undefined>(this.kafka, {
      topic: featuresTopic(project.id),
      empty: undefined,
      build(number, members) {
        const status = members.find(({ id }) => id === FEATURE_STATUS_ID)!;
        return {
          set: featureSetOf(number, members),
          status: FeatureStatus.parse(JSON.parse(status.value.toString())),
          revision: status.version,
          members: members.filter((one) => one !== status).map((one) => `${one.id}/${one.version}`),
        };
      },
    });
    this.current = { project, follower };
    this.startPublisher();
  }

  /** As when a process starts. */
  startPublisher(): void {
    this.currentPublisher = openFeaturePublisher(this.pool, this.kafka, this.logger);
    this.currentPublisher.takeUp(this.project);
    this.currentPublisher.start();
    this.currentService = new FeaturesService(this.repository, this.currentPublisher, { types: () => [] });
  }

  async close(): Promise<void> {
    await this.end();
    await this.pool.end();
    await this.proxy.close();
    await this.database.drop();
    await this.kafka.close();
  }

  readonly zoned = (timeZone = 'Asia/Shanghai') => ({ id: this.project, timeZone });

  async publish(id: string, content = countDraft()): Promise<FeatureView> {
    await this.features.saveDraft(this.project, id, content, BY);
    return (await this.features.publish(this.zoned(), id, BY)).view;
  }

  async live(id: string, content = countDraft()): Promise<void> {
    const { filling } = await this.publish(id, content);
    await this.features.markLive(this.project, id, filling!.version, FILLED);
  }

  /** The newest set. */
  newest(): PublishedSet | undefined {
    return this.follower.get(this.follower.latest);
  }

  /** What processors have, once `isThere` holds of it. */
  inForce(what: string, isThere: (published: PublishedSet) => boolean): Promise<PublishedSet> {
    return eventually(what, () => {
      const published = this.newest();
      return published !== undefined && isThere(published) ? published : undefined;
    });
  }

  private async end(): Promise<void> {
    await this.currentPublisher?.close();
    await this.current?.follower.close();
    await this.current?.project.remove();
    this.current = undefined;
  }
}
