import { type Feature, FEATURE_STATUS_ID, type FeatureStatus } from '@hermes/contracts/feature';
import type { Decision } from '@hermes/contracts/decision';
import type { HermesEvent } from '@hermes/contracts/event';
import type { Rule } from '@hermes/contracts/rule';
import { featuresTopic } from '@hermes/contracts/topics';
import { type PlainEvent, recompute } from '@hermes/profiles/testing/recompute';
import { IngestRoom } from '@hermes/service-kit/testing/ingest-room';
import {
  buildService,
  endServices,
  eventually,
  type ServiceProcess,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { publishDefinitionSet } from '@hermes/stream-runtime/publish-definitions';
import { DecisionLog } from './decision-log.ts';

const FOLDER = new URL('../../', import.meta.url);
const SUBJECTS = 13;

/** What a feature was on an event, and what it should have been, each as `[event, feature, value, late]`. */
export interface Seen {
  readonly seen: readonly unknown[];
  readonly expected: readonly unknown[];
}

/** Fires on every event of type `a`, and asks for these features. */
export const asking = (...ids: readonly string[]) => ({
  name: 'Asks',
  eventTypes: ['a'],
  conditions: {
    any: [
      { fact: 'event', path: '$.type', operator: 'equal', value: 'a' },
      ...ids.map((id) => ({ fact: 'feature', params: { id }, operator: 'equal', value: 0 })),
    ],
  },
  event: { type: 'asked' },
  severity: 'info',
  alert: false,
  tests: [{ name: 'any', event: { data: {} }, fires: true }],
});

/** A project with a history and published features, and rule-engines that read both. */
export class FeaturesRoom {
  readonly ingest: IngestRoom;
  readonly log: DecisionLog;
  /** Events as they stand on their partitions. */
  readonly arrived: HermesEvent[] = [];
  private readonly features: readonly Feature[];
  private readonly database: TestDatabase;
  private readonly token: string;
  private readonly services: ServiceProcess[] = [];

  private constructor(
    parts: Pick<FeaturesRoom, 'ingest' | 'log'> & {
      readonly features: readonly Feature[];
      readonly database: TestDatabase;
      readonly token: string;
    },
  ) {
    this.ingest = parts.ingest;
    this.log = parts.log;
    this.features = parts.features;
    this.database = parts.database;
    this.token = parts.token;
  }

  static async open(partitions: number, features: readonly Feature[]): Promise<FeaturesRoom> {
    buildService(FOLDER);
    const ingest = await IngestRoom.open(partitions);
    const room = new FeaturesRoom({
      ingest,
      features,
      database: await makeTestDatabase(),
      token: await ingest.project.token('editor'),
      log: await DecisionLog.open(ingest.kafka, ingest.project.id),
    });
    await room.publishFeatures();
    return room;
  }

  /** One more process; calls go to the one that was started last. */
  async start(ingestUrl = this.ingest.ingest.url): Promise<void> {
    const environment = { DATABASE_URL: this.database.url, INGEST_URL: ingestUrl, KAFKA_SESSION_TIMEOUT_MS: '6000' };
    this.services.push(await startService(FOLDER, environment));
  }

  /** SIGKILL for the process that was started first. */
  async kill9(): Promise<void> {
    await this.services.shift()!.kill('SIGKILL');
  }

  async close(): Promise<void> {
    await endServices();
    await this.log.close();
    await this.database.drop();
    await this.ingest.remove();
  }

  /** Of the process that was started last. */
  get url(): string {
    return this.services.at(-1)!.url;
  }

  call(method: string, route: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/v1/projects/${this.ingest.project.id}/${route}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async put(id: string, draft: unknown): Promise<Rule> {
    const response = await this.call('PUT', `rules/${id}`, draft);
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Rule;
  }

  /** The project's features are known to the process. */
  known(): Promise<true> {
    return eventually('the features are known', async () =>
      (await this.call('POST', 'rules/check', asking(this.features[0]!.id))).status === 200 ? true : undefined,
    );
  }

  async write(count: number): Promise<void> {
    const now = Date.now();
    const events = Array.from({ length: count }, (_, i) => {
      const n = this.arrived.length + i;
      return this.ingest.event({
        type: n % 3 === 0 ? 'b' : 'a',
        subject: `broker:b-${(n * 7) % SUBJECTS}`,
        time: new Date(now - ((n * 7_919) % 300) * 3_600_000).toISOString(),
        receivedat: new Date(now).toISOString(),
        data: { price: (n * 31) % 97 },
      });
    });
    await this.ingest.write(events);
    this.arrived.push(...events);
  }

  /** Writes events until `work` is done. */
  async whileEventsFlow(work: () => Promise<void>): Promise<void> {
    let flows = true;
    const flowing = (async () => {
      while (flows) {
        await this.write(20);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    })();
    try {
      await work();
    } finally {
      flows = false;
      await flowing;
    }
  }

  inForce(id: string): Promise<true> {
    return eventually(
      `${id} is in force`,
      async () => {
        const answer = await this.call('GET', `rules/${id}/features`);
        return ((await answer.json()) as { inForce: boolean }).inForce ? true : undefined;
      },
      40_000,
    );
  }

  decisionsOf(ruleId: string): readonly Decision[] {
    return this.log.decisions.filter((decision) => decision.ruleId === ruleId);
  }

  /** Since the rule's first decision on a subject, no event of it was left without one. */
  everyEventDecided(ruleId: string): Promise<true> {
    return eventually(
      `every event since "${ruleId}" came into force is decided`,
      () => {
        const decided = new Set(this.decisionsOf(ruleId).map(({ event }) => event.id));
        const firstOf = new Map<string, number>();
        for (const [i, { id, subject }] of this.arrived.entries())
          if (decided.has(id) && !firstOf.has(subject)) firstOf.set(subject, i);
        const isMissing = ({ id, subject, type }: HermesEvent, i: number): boolean =>
          type === 'a' && i >= (firstOf.get(subject) ?? Infinity) && !decided.has(id);
        return firstOf.size < SUBJECTS || this.arrived.some(isMissing) ? undefined : true;
      },
      40_000,
    );
  }

  /** What the rule's decisions say of features, beside what all events of the subject up to theirs come to, computed in the plainest way. */
  *seenBy(ruleId: string): Generator<Seen> {
    for (const { event, features } of this.decisionsOf(ruleId)) {
      const at = this.arrived.findIndex(({ id }) => id === event.id);
      const { subject, receivedat } = this.arrived[at]!;
      const mine = this.arrived
        .slice(0, at + 1)
        .filter((one) => one.subject === subject)
        .map(({ time, receivedat: received, ...one }): PlainEvent => ({
          ...one,
          timeMs: Date.parse(time),
          receivedAtMs: Date.parse(received),
        }));
      for (const [id, { value, late = 0 }] of Object.entries(features ?? {})) {
        const expected = recompute(
          this.features.find((one) => one.id === id)!,
          mine,
          Date.parse(receivedat),
        );
        yield { seen: [event.id, id, value, late], expected: [event.id, id, expected.value, expected.late] };
      }
    }
  }

  private async publishFeatures(): Promise<void> {
    const { id } = this.ingest.project;
    const status: FeatureStatus = {
      live: Object.fromEntries(this.features.map((feature) => [feature.id, feature.version])),
      subscribed: [],
    };
    await publishDefinitionSet(this.ingest.kafka, featuresTopic(id), {
      publishedAt: new Date().toISOString(),
      members: [
        ...this.features.map((feature) => ({
          id: feature.id,
          version: feature.version,
          value: JSON.stringify({ ...feature, project: id }),
        })),
        { id: FEATURE_STATUS_ID, version: 1, value: JSON.stringify(status) },
      ],
    });
  }
}
