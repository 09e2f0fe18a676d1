import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { EventType } from '@hermes/contracts/event-type';
import { eventTypesTopic } from '@hermes/contracts/topics';
import { DefinitionsFollower } from '@hermes/stream-runtime/definitions-follower';
import type { DefinitionsBinding } from '@hermes/stream-runtime/processor-options';
import type { RuntimeLogger } from '@hermes/stream-runtime/runtime-logger';
import { EMPTY_SET, type EventTypeSet, eventTypeSet } from './event-type-set.ts';

/** The event types of a project as processors and the door read them from its topic. */
export const eventTypesBinding = (project: string): DefinitionsBinding<EventTypeSet> => ({
  topic: eventTypesTopic(project),
  empty: EMPTY_SET,
  build: (number, members) =>
    eventTypeSet(
      number,
      members.map(({ value }) => EventType.parse(JSON.parse(value.toString()))),
    ),
});

/** How long a request waits for a project that was just made to be taken up. */
const TAKEN_UP_WITHIN_MS = 5_000;

type Follower = DefinitionsFollower<EventTypeSet>;

/**
 * This process's copy of every project's published event types. The door checks against the newest set; the processor
 * decides again with the set in force at its step, so a copy that is a moment behind costs a dead letter, never a wrong event.
 */
export class CatalogueCopy {
  private readonly kafka: KafkaDriver;
  private readonly logger: RuntimeLogger;
  private readonly followers = new Map<string, Follower>();
  /** Those who wait for a project to be followed. */
  private readonly waiting = new Map<string, PromiseWithResolvers<Follower>>();

  constructor(kafka: KafkaDriver, logger: RuntimeLogger) {
    this.kafka = kafka;
    this.logger = logger;
  }

  /** Reads the types of a project, whose topics exist, to their end, and follows them; a repeat changes nothing. */
  async follow(project: string): Promise<void> {
    if (this.followers.has(project)) return;
    const follower = await DefinitionsFollower.open(this.kafka, eventTypesBinding(project), this.logger);
    this.followers.set(project, follower);
    this.waiting.get(project)?.resolve(follower);
    this.waiting.delete(project);
  }

  async forget(project: string): Promise<void> {
    const follower = this.followers.get(project);
    this.followers.delete(project);
    await follower?.close();
  }

  /** The newest published set; a project that was just made is waited for. */
  async inForce(project: string): Promise<EventTypeSet> {
    const follower = this.followers.get(project) ?? (await this.untilFollowed(project, TAKEN_UP_WITHIN_MS));
    return follower?.get(follower.latest) ?? EMPTY_SET;
  }

  /** Resolves when this process works with set `number`, or after `timeoutMs`. */
  async reached(project: string, number: number, timeoutMs: number): Promise<void> {
    const follower = this.followers.get(project) ?? (await this.untilFollowed(project, timeoutMs));
    await follower?.reached(number, timeoutMs);
  }

  private async untilFollowed(project: string, timeoutMs: number): Promise<Follower | undefined> {
    const waiting = this.waiting.get(project) ?? Promise.withResolvers<Follower>();
    this.waiting.set(project, waiting);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, timeoutMs, undefined)));
    return Promise.race([waiting.promise, patience]).finally(() => clearTimeout(timer));
  }
}
