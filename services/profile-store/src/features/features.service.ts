import type { ProjectRecord } from '@hermes/contracts/control';
import type { Feature } from '@hermes/contracts/feature';
import type {
  FeatureAuditLine,
  FeatureVersion,
  FeatureView,
  FillFigures,
  FillPartition,
} from '@hermes/contracts/feature-api';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { revisionConflict } from '@hermes/service-kit/revision-etag';
import type { EventCatalogue } from '@hermes/stream-runtime/event-catalogue';
import { checkedDraft, checkedId, inUse, refusedPublication, unknownFeature } from './feature-problems.ts';
import type { FeaturePublisher } from './feature-publication.ts';
import { type FeatureRecord, newestOf } from './feature-record.ts';
import { featureView, type Surroundings, versionView } from './feature-view.ts';
import type { FeaturesRepository, FillingVersion } from './features.repository.ts';
import { FillNotes } from './fill-notes.ts';

/** In the audit of what no person did. */
const OWN_NAME = 'service:profile-store';

/** A view with the revision that its ETag is made of. */
export interface ViewedFeature {
  readonly view: FeatureView;
  readonly revision: number;
}

/** The life of features: draft, publication, fill, end. What is published is on its way to every partition when a method resolves. */
export class FeaturesService {
  private readonly features: FeaturesRepository;
  private readonly publisher: FeaturePublisher;
  private readonly catalogue: Pick<EventCatalogue, 'types'>;
  private readonly notes = new FillNotes();

  constructor(features: FeaturesRepository, publisher: FeaturePublisher, catalogue: Pick<EventCatalogue, 'types'>) {
    this.features = features;
    this.publisher = publisher;
    this.catalogue = catalogue;
  }

  async list(project: string): Promise<readonly FeatureView[]> {
    const records = await orUnavailable(this.features.list(project));
    const surroundings = this.surroundings(project, records);
    return records.map((record) => featureView(project, record, surroundings));
  }

  /** @throws ProblemError 404 with the nearest name there is, 503 */
  async get(project: string, id: string): Promise<ViewedFeature> {
    const records = await orUnavailable(this.features.list(project));
    const record = records.find((one) => one.id === id);
    if (record === undefined) throw this.unknown(id, records);
    return this.viewed(project, record, records);
  }

  /** The newest published version of each feature, live or filling. */
  async published(project: string): Promise<readonly Feature[]> {
    const records = await orUnavailable(this.features.list(project));
    return records.flatMap((record) => newestOf(record)?.feature ?? []);
  }

  /**
   * Keeps a draft; what is answered does not change.
   *
   * @throws ProblemError 400 `invalid-feature`, `invalid-feature-id`, 412, 503
   */
  async saveDraft(
    project: string,
    id: string,
    input: unknown,
    by: string,
    expected?: number,
  ): Promise<ViewedFeature & { readonly isNew: boolean }> {
    const draft = checkedDraft(input);
    const saved = await orUnavailable(this.features.saveDraft(project, checkedId(id), draft, by, expected));
    if (saved.kind === 'conflict') throw revisionConflict('feature', id, saved.revision);
    const viewed = await this.viewedAgain(project, saved.record);
    return { ...viewed, isNew: saved.kind === 'saved' && saved.isNew };
  }

  /**
   * Makes the draft a version. It is filled from history and then answered; a ratio is answered at once. The same again publishes nothing.
   *
   * @throws ProblemError 400 `invalid-feature`, 404, 409 `in-use`, `too-many-features`, 412, 503
   */
  async publish(
    project: Pick<ProjectRecord, 'id' | 'timeZone'>,
    id: string,
    by: string,
    expected?: number,
  ): Promise<ViewedFeature> {
    const published = await orUnavailable(this.features.publish(project, id, by, expected));
    switch (published.kind) {
      case 'conflict':
        throw revisionConflict('feature', id, published.revision);
      case 'missing':
        throw this.unknown(id, await orUnavailable(this.features.list(project.id)));
      case 'refused':
        throw refusedPublication(id, published.refusal);
      case 'unchanged':
        return this.viewedAgain(project.id, published.record);
      case 'published':
      case 'withdrawn':
        await this.publisher.publishSoon(project.id);
        return this.viewedAgain(project.id, published.record);
    }
  }

  /** @throws ProblemError 404, 409 `in-use`, 412, 503 */
  async archive(project: string, id: string, by: string, expected?: number): Promise<void> {
    const archived = await orUnavailable(this.features.archive(project, id, by, expected));
    if (archived.kind === 'conflict') throw revisionConflict('feature', id, archived.revision);
    if (archived.kind === 'missing') throw this.unknown(id, await orUnavailable(this.features.list(project)));
    if (archived.kind === 'in-use') throw inUse(id, archived.by);
    await this.publisher.publishSoon(project);
  }

  /** Newest first, of an archived feature too. @throws ProblemError 404, 503 */
  async versions(project: string, id: string): Promise<readonly FeatureVersion[]> {
    const versions = await orUnavailable(this.features.versions(project, id));
    if (versions.length === 0) await this.get(project, id);
    return versions.map(versionView);
  }

  /** Newest first, of an archived feature too. @throws ProblemError 404, 503 */
  async audit(project: string, id: string, limit: number): Promise<readonly FeatureAuditLine[]> {
    const audit = await orUnavailable(this.features.audit(project, id, limit));
    if (audit.length === 0) await this.get(project, id);
    return audit;
  }

  /** Versions that are to be filled. @throws Error of PostgreSQL (`isPostgresAway` tells whether it is away) */
  async filling(project: string): Promise<readonly FillingVersion[]> {
    const filling = await this.features.filling(project);
    this.notes.keepOnly(
      project,
      filling.map(({ slot }) => slot),
    );
    return filling;
  }

  /**
   * Every partition is filled: the version is answered from now on, and the one before is dropped from the set. A repeat changes nothing.
   *
   * @returns false when the version is not being filled (any more): replaced, archived, or live already
   * @throws Error of PostgreSQL (`isPostgresAway` tells whether it is away)
   */
  async markLive(project: string, id: string, version: number, filled: FillFigures): Promise<boolean> {
    const isLive = await this.features.markLive(project, id, version, filled, OWN_NAME);
    if (isLive) await this.publisher.publishSoon(project);
    return isLive;
  }

  /** Why the fill of a slot waits, for people; null when it goes on. Kept in this process only. */
  noteFillTrouble(project: string, slot: number, reason: string | null): void {
    this.notes.trouble(project, slot, reason);
  }

  /** How far a partition of this process is with the fill of a slot, for people. Kept in this process only. */
  noteFillProgress(project: string, slot: number, partition: FillPartition): void {
    this.notes.progress(project, slot, partition);
  }

  private surroundings(project: string, records: readonly FeatureRecord[]): Surroundings {
    const published = records.flatMap((record) => newestOf(record)?.feature ?? []);
    return { catalogue: this.catalogue.types(project) ?? [], published, notes: this.notes };
  }

  private viewed(project: string, record: FeatureRecord, records: readonly FeatureRecord[]): ViewedFeature {
    return { view: featureView(project, record, this.surroundings(project, records)), revision: record.revision };
  }

  private async viewedAgain(project: string, record: FeatureRecord): Promise<ViewedFeature> {
    return this.viewed(project, record, await orUnavailable(this.features.list(project)));
  }

  private unknown(id: string, records: readonly FeatureRecord[]): Error {
    return unknownFeature(
      id,
      records.map((record) => record.id),
    );
  }
}
