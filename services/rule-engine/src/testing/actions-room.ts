import type { Follower } from '@hermes/connectors/kafka/driver';
import { DEAD_LETTER_HEADERS, HermesEvent } from '@hermes/contracts/event';
import { eventsDeadLetterTopic, eventsTopic } from '@hermes/contracts/topics';
import { IngestRoom } from '@hermes/service-kit/testing/ingest-room';
import {
  buildService,
  endServices,
  eventually,
  type ServiceProcess,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { DecisionLog } from './decision-log.ts';
import type { Person } from './rules-room.ts';

const FOLDER = new URL('../../', import.meta.url);

/** A project with an ingest that takes what rules emit, and a rule-engine that may be told where to die. */
export class ActionsRoom {
  readonly ingest: IngestRoom;
  readonly log: DecisionLog;
  readonly database: TestDatabase;
  /** All that stands on `<project>.events`, repeats too. */
  readonly events: HermesEvent[] = [];
  /** Codes of dead letters, and the events in them. */
  readonly dead: { readonly code: string; readonly event: HermesEvent }[] = [];
  private readonly followers: Follower[] = [];
  private service: ServiceProcess | undefined;

  private constructor(ingest: IngestRoom, log: DecisionLog, database: TestDatabase) {
    this.ingest = ingest;
    this.log = log;
    this.database = database;
  }

  static async open(partitions: number): Promise<ActionsRoom> {
    buildService(FOLDER);
    const ingest = await IngestRoom.open(partitions);
    const log = await DecisionLog.open(ingest.kafka, ingest.project.id);
    const room = new ActionsRoom(ingest, log, await makeTestDatabase());
    const { id } = ingest.project;
    const eventOf = (value: Buffer | null): HermesEvent => HermesEvent.parse(JSON.parse(String(value)));
    room.followers.push(
      await ingest.kafka.follow({
        topic: eventsTopic(id),
        onRecord: ({ value }) => void room.events.push(eventOf(value)),
      }),
      await ingest.kafka.follow({
        topic: eventsDeadLetterTopic(id),
        onRecord: ({ headers, value }) =>
          void room.dead.push({ code: String(headers[DEAD_LETTER_HEADERS.code]), event: eventOf(value) }),
      }),
    );
    return room;
  }

  /** The one before is killed. `faultPoint`: of libs/stream-runtime or of this service, with its `:<nth>`; it may come to it before it is ready. */
  async restart(faultPoint?: string): Promise<void> {
    await this.service?.kill('SIGKILL');
    this.service = undefined;
    const environment = {
      DATABASE_URL: this.database.url,
      INGEST_URL: this.ingest.ingest.url,
      KAFKA_SESSION_TIMEOUT_MS: '6000',
    };
    if (faultPoint === undefined) this.service = await startService(FOLDER, environment);
    else
      this.service = await startService(FOLDER, { ...environment, HERMES_FAULT_POINT: faultPoint }).catch(
        () => undefined,
      );
  }

  /** Resolves when it has died by itself. */
  died(): Promise<true> {
    return eventually(
      'the process has died',
      () => (this.service === undefined || this.service.child.signalCode === 'SIGKILL' ? true : undefined),
      40_000,
    );
  }

  /** @returns the answer's body, with its status as `http` */
  async call(
    as: Person,
    method: string,
    route: string,
    body?: unknown,
  ): Promise<Record<string, unknown> & { readonly http: number }> {
    const response = await fetch(`${this.service!.url}/v1/projects/${this.ingest.project.id}/${route}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.ingest.project.token(as)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { ...(text === '' ? {} : (JSON.parse(text) as object)), http: response.status };
  }

  /** Publishes rules, and waits until the last of them decides. */
  async publish(rules: Readonly<Record<string, unknown>>): Promise<void> {
    for (const [id, rule] of Object.entries(rules)) {
      const answer = await this.call('editor', 'PUT', `rules/${id}`, rule);
      if (answer.http !== 200 && answer.http !== 201) throw new Error(JSON.stringify(answer));
    }
    const last = Object.keys(rules).at(-1)!;
    await eventually(`"${last}" is in force`, async () => {
      const { inForce } = await this.call('viewer', 'GET', `rules/${last}/features`);
      return inForce === true ? true : undefined;
    });
  }

  /** Events that stand on `<project>.events` by the source of a rule's actions. */
  emitted(ruleId: string): readonly HermesEvent[] {
    return this.events.filter(({ source }) => source === `hermes/rules/${ruleId}`);
  }

  async close(): Promise<void> {
    await endServices();
    for (const follower of this.followers) await follower.close();
    await this.log.close();
    await this.database.drop();
    await this.ingest.remove();
  }
}
