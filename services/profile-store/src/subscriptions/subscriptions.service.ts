import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';
import { type Subscription, SubscriptionDraft } from '@hermes/contracts/feature-api';
import { notFound, parse, ProblemError } from '@hermes/service-kit/problem';
import { nearest } from '@hermes/rules/suggestion';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { unknownFeature } from '../features/feature-problems.ts';
import type { FeaturePublisher } from '../features/feature-publication.ts';
import type { FeaturesService } from '../features/features.service.ts';
import type { SubscriptionsRepository } from './subscriptions.repository.ts';

const ID = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** Somebody's wishes that changes of features go to `<project>.profile-changes`: lasting ones of people, and leases of connections. */
export class SubscriptionsService {
  private readonly subscriptions: SubscriptionsRepository;
  private readonly features: Pick<FeaturesService, 'published'>;
  private readonly publisher: Pick<FeaturePublisher, 'publishSoon'>;
  constructor(
    subscriptions: SubscriptionsRepository,
    features: Pick<FeaturesService, 'published'>,
    publisher: Pick<FeaturePublisher, 'publishSoon'>,
  ) {
    this.subscriptions = subscriptions;
    this.features = features;
    this.publisher = publisher;
  }

  list(project: string): Promise<readonly Subscription[]> {
    return orUnavailable(this.subscriptions.list(project));
  }

  /** @throws ProblemError 404, 503 */
  async get(project: string, id: string): Promise<Subscription> {
    const found = await orUnavailable(this.subscriptions.find(project, id));
    if (found !== undefined) return found;
    throw await this.unknown(project, id);
  }

  /** @throws ProblemError 400, 404 for a feature that is not published, with the nearest that is, 503 */
  async put(
    project: string,
    id: string,
    input: unknown,
    by: string,
  ): Promise<{ readonly subscription: Subscription; readonly isNew: boolean }> {
    if (!ID.test(id)) {
      throw new ProblemError({
        status: 400,
        code: 'invalid-subscription-id',
        title: 'The subscription id is not valid',
        detail: 'A subscription id is 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first.',
      });
    }
    const { features } = parse(SubscriptionDraft, input);
    const known = (await this.features.published(project)).map((feature) => feature.id);
    const stranger = features.find((feature) => !known.includes(feature));
    if (stranger !== undefined) throw unknownFeature(stranger, known);
    const saved = await orUnavailable(this.subscriptions.save(project, id, features, by));
    if (saved.raised) await this.publisher.publishSoon(project);
    return saved;
  }

  /** @throws ProblemError 404, 503 */
  async delete(project: string, id: string, by: string): Promise<void> {
    const { isDeleted, raised } = await orUnavailable(this.subscriptions.delete(project, id, by));
    if (!isDeleted) throw await this.unknown(project, id);
    if (raised) await this.publisher.publishSoon(project);
  }

  /**
   * Subscribes a connection until `untilMs`, or renews it. The features must be known: nobody is told of a name that is none.
   *
   * @param id - of the connection, unique in the project
   * @param untilMs - epoch milliseconds
   */
  async lease(
    project: string,
    id: string,
    features: readonly string[],
    untilMs: number,
  ): Promise<'leased' | 'unavailable'> {
    return this.onLease(project, 'leased', () => this.subscriptions.lease(project, id, features, untilMs));
  }

  /** Ends a lease before its time: the connection has closed. When PostgreSQL is away it ends by itself later. */
  async endLease(project: string, id: string): Promise<'ended' | 'unavailable'> {
    return this.onLease(project, 'ended', () => this.subscriptions.endLease(project, id));
  }

  private async onLease<T extends string>(
    project: string,
    done: T,
    change: () => Promise<{ readonly raised: boolean }>,
  ): Promise<T | 'unavailable'> {
    try {
      if ((await change()).raised) await this.publisher.publishSoon(project);
      return done;
    } catch (error) {
      if (isPostgresAway(error)) return 'unavailable';
      throw error;
    }
  }

  private async unknown(project: string, id: string): Promise<ProblemError> {
    const meant = nearest(
      id,
      (await this.list(project)).map((subscription) => subscription.id),
    );
    return notFound('subscription', id, meant === undefined ? '' : `Did you mean '${meant}'?`);
  }
}
