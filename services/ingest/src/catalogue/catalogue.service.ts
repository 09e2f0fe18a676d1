import { type KafkaDriver, KafkaError } from '@hermes/connectors/kafka/driver';
import { PLATFORM_TYPE_PREFIX } from '@hermes/contracts/attributes';
import type { ProjectRecord } from '@hermes/contracts/control';
import { type EventType, EventTypeDraft } from '@hermes/contracts/event-type';
import { eventTypesTopic, projectTopics } from '@hermes/contracts/topics';
import { notFound, parse, ProblemError, unavailable } from '@hermes/service-kit/problem';
import { publishDefinitionSet } from '@hermes/stream-runtime/publish-definitions';
import { nearest } from '@hermes/rules/suggestion';
import { type CatalogueCopy } from './catalogue-copy.ts';
import type { CatalogueRepository } from './catalogue.repository.ts';
import { draftFaults } from './draft-faults.ts';
import { isPlatformType } from './platform-types.ts';
import { isPostgresAway } from '@hermes/connectors/postgres/postgres-away';

/** How long a PUT waits until this process itself checks against what it put. */
const IN_FORCE_WITHIN_MS = 2_000;

export class CatalogueService {
  private readonly repository: CatalogueRepository;
  private readonly kafka: KafkaDriver;
  private readonly copy: CatalogueCopy;
  /** Publications that have not begun yet: whoever wants one meanwhile joins it. */
  private readonly upcoming = new Map<string, Promise<number>>();
  private readonly underWay = new Map<string, Promise<unknown>>();

  constructor(repository: CatalogueRepository, kafka: KafkaDriver, copy: CatalogueCopy) {
    this.repository = repository;
    this.kafka = kafka;
    this.copy = copy;
  }

  async list(project: string): Promise<readonly EventType[]> {
    const types = await this.asking(() => this.repository.newest(project));
    return types.map(({ eventType }) => eventType);
  }

  /** @throws ProblemError 404 with the nearest name there is */
  async get(project: string, type: string, version: number | undefined): Promise<EventType> {
    const found = await this.asking(() => this.repository.version(project, type, version));
    if (found !== undefined) return found;
    const names = (await this.list(project)).map((known) => known.type);
    if (names.includes(type))
      throw notFound('version', `${type}/${String(version)}`, 'Leave the version out for the newest one.');
    const meant = nearest(type, names);
    throw notFound('event type', type, meant === undefined ? '' : `Did you mean '${meant}'?`);
  }

  /**
   * Brings a draft into force: checked, kept, published. It is in force in this process when this resolves (or 2 s later), in the
   * processors from one of the next steps on. The same draft again publishes what may not have been published, and no more.
   *
   * @throws ProblemError 400, 422 `reserved-type` or `unusable-event-type`, 503 (then the same PUT again is right)
   */
  async put(
    project: ProjectRecord,
    type: string,
    body: unknown,
    author: string,
  ): Promise<{ readonly eventType: EventType; readonly isNew: boolean }> {
    if (isPlatformType(type)) {
      throw new ProblemError({
        status: 422,
        code: 'reserved-type',
        title: "This name is the platform's",
        detail: `Event types that begin with '${PLATFORM_TYPE_PREFIX}' are the platform's own; call yours something else.`,
      });
    }
    const draft = parse(EventTypeDraft, body);
    const errors = draftFaults(type, draft);
    if (errors.length > 0) {
      throw new ProblemError({
        status: 422,
        code: 'unusable-event-type',
        title: 'This event type cannot be used',
        detail: `Correct ${errors[0]!.pointer}: ${errors[0]!.message}`,
        extra: { errors },
      });
    }
    const saved = await this.asking(() => this.repository.save(project.id, type, draft, author, new Date()));
    const number = await this.publish(project);
    await this.copy.reached(project.id, number, IN_FORCE_WITHIN_MS);
    return saved;
  }

  /**
   * Brings the topic in line with the database; a repeat writes nothing. Answers the number of the set in the topic. Ten PUTs at
   * once cost two publications: the one under way, and one for all who came meanwhile.
   */
  publish(project: ProjectRecord): Promise<number> {
    const joined = this.upcoming.get(project.id);
    if (joined !== undefined) return joined;
    const begin = async (): Promise<number> => {
      this.upcoming.delete(project.id);
      const publishing = this.asking(() => this.publishNow(project));
      this.underWay.set(project.id, publishing);
      return publishing;
    };
    const upcoming = (this.underWay.get(project.id) ?? Promise.resolve()).then(begin, begin);
    this.upcoming.set(project.id, upcoming);
    return upcoming;
  }

  private publishNow(project: ProjectRecord): Promise<number> {
    return this.repository.publishing(project.id, async (types) => {
      // A project without any type has no set: it accepts every type.
      if (types.length === 0) return 0;
      // The project may be so new that its topics are still being made.
      const admin = await this.kafka.admin();
      await admin.ensureTopics(projectTopics(project.id, project.partitions)).finally(() => admin.close());
      return publishDefinitionSet(this.kafka, eventTypesTopic(project.id), {
        members: types.map(({ eventType, text }) => ({ id: eventType.type, version: eventType.version, value: text })),
        publishedAt: new Date().toISOString(),
      });
    });
  }

  private async asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (isPostgresAway(error) || (error instanceof KafkaError && error.retriable))
        throw unavailable('The event catalogue', error);
      throw error;
    }
  }
}
