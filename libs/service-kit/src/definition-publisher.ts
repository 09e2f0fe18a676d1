import type { Logger } from 'pino';
import type { PublicationRepository } from './publication.repository.ts';

/** Writes the definitions as the newest set on their topic; resolves when Kafka has acknowledged. A repeat writes nothing. */
export type PublishDefinitions<T> = (project: string, definitions: T) => Promise<void>;

/** How often the publisher looks for changes that a crash or an outage left unpublished. */
const SWEEP_INTERVAL_MS = 500;
const PAUSE_AFTER_FAILURE_MS = 2_000;

/**
 * Brings definitions (rules, features) as the database has them onto their topic. The database is the truth: a change raises the
 * project's revision in its own transaction, and the revision that Kafka has acknowledged is noted beside it. After a crash between the
 * two the sweep finds the project behind; what Kafka has lost meanwhile `takeUp` makes good.
 */
export class DefinitionPublisher<T> {
  private readonly publication: Pick<PublicationRepository<T>, 'publish' | 'projectsBehind'>;
  private readonly publish: PublishDefinitions<T>;
  private readonly logger: Logger;
  private readonly projects = new Set<string>();
  /** Taken up, but the topic may hold less than the database noted. */
  private readonly unverified = new Set<string>();
  private sweeping: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pausedUntilMs = 0;

  constructor(
    publication: Pick<PublicationRepository<T>, 'publish' | 'projectsBehind'>,
    publish: PublishDefinitions<T>,
    logger: Logger,
  ) {
    this.publication = publication;
    this.publish = publish;
    this.logger = logger;
  }

  /** Begins to sweep: the database is there. */
  start(): void {
    void this.sweep();
    this.timer = setInterval(() => void this.sweep(), SWEEP_INTERVAL_MS);
  }

  /** Publishes the project's definitions soon, whatever was noted before, and keeps them published from now on. */
  takeUp(project: string): void {
    this.projects.add(project);
    this.unverified.add(project);
    if (this.timer !== undefined) void this.sweep();
  }

  release(project: string): void {
    this.projects.delete(project);
    this.unverified.delete(project);
  }

  /**
   * Publishes now, and waits at most `patienceMs`: a change must neither fail nor hang because Kafka is away. Never rejects; what did
   * not go through goes with the sweep.
   */
  async publishSoon(project: string, patienceMs = 1_000): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
    const published = this.publishNow(project).catch((error: unknown) => this.tellFailure(error));
    await Promise.race([published, patience]);
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  private async publishNow(project: string): Promise<void> {
    const published = await this.publication.publish(project, (definitions) => this.publish(project, definitions));
    if (published !== undefined) this.logger.info({ project, ...published }, 'definitions published');
  }

  private sweep(): Promise<void> {
    this.sweeping ??= this.publishAllBehind().finally(() => (this.sweeping = undefined));
    return this.sweeping;
  }

  private async publishAllBehind(): Promise<void> {
    if (performance.now() < this.pausedUntilMs) return;
    try {
      for (const project of new Set([...this.unverified, ...(await this.publication.projectsBehind())])) {
        if (!this.projects.has(project)) continue;
        await this.publishNow(project);
        this.unverified.delete(project);
      }
    } catch (error) {
      this.pausedUntilMs = performance.now() + PAUSE_AFTER_FAILURE_MS;
      this.tellFailure(error);
    }
  }

  private tellFailure(error: unknown): void {
    this.logger.warn({ err: error }, 'definitions could not be published yet; trying again');
  }
}
