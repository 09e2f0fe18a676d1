import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { EventType } from '@hermes/contracts/event-type';
import { eventTypesTopic } from '@hermes/contracts/topics';
import { DefinitionsFollower } from './definitions-follower.ts';
import type { DefinitionsBinding } from './processor-options.ts';
import type { RuntimeLogger } from './runtime-logger.ts';

type Types = readonly EventType[];
const NONE: Types = [];

const catalogueBinding = (project: string): DefinitionsBinding<Types> => ({
  topic: eventTypesTopic(project),
  empty: NONE,
  build: (_number, members) => members.map(({ value }) => EventType.parse(JSON.parse(value.toString()))),
});

/** This process's copy of every project's event types, for warnings: it may be missing or a moment behind, and nothing is refused by it. */
export class EventCatalogue {
  private readonly kafka: KafkaDriver;
  private readonly logger: RuntimeLogger;
  private readonly followers = new Map<string, DefinitionsFollower<Types>>();

  constructor(kafka: KafkaDriver, logger: RuntimeLogger) {
    this.kafka = kafka;
    this.logger = logger;
  }

  /** Reads the types of a project, whose topics exist, and follows them; a repeat changes nothing. */
  async follow(project: string): Promise<void> {
    if (this.followers.has(project)) return;
    this.followers.set(project, await DefinitionsFollower.open(this.kafka, catalogueBinding(project), this.logger));
  }

  async forget(project: string): Promise<void> {
    const follower = this.followers.get(project);
    this.followers.delete(project);
    await follower?.close();
  }

  /** The event types in force; empty for a project without a catalogue, undefined for one that is not followed (yet). */
  types(project: string): Types | undefined {
    const follower = this.followers.get(project);
    return follower && (follower.get(follower.latest) ?? NONE);
  }
}
