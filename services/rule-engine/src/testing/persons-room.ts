import type { HermesEvent } from '@hermes/contracts/event';
import type { FeatureDraft } from '@hermes/contracts/feature';
import type { Decision } from '@hermes/contracts/decision';
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

const RULES = new URL('../../', import.meta.url);
const PROFILES = new URL('../../../profile-store/', import.meta.url);
const SUBJECTS = 13;

type Service = 'rules' | 'profiles';

/** A project with a history, a profile-store that tells of persons, and rule-engines that hear it. */
export class PersonsRoom {
  readonly ingest: IngestRoom;
  readonly log: DecisionLog;
  /** Events as they stand on their partitions. */
  readonly arrived: HermesEvent[] = [];
  private readonly database: TestDatabase;
  private readonly token: string;
  private readonly running: { rules: ServiceProcess[]; profiles: ServiceProcess | undefined } = {
    rules: [],
    profiles: undefined,
  };

  private constructor(ingest: IngestRoom, log: DecisionLog, database: TestDatabase, token: string) {
    this.ingest = ingest;
    this.log = log;
    this.database = database;
    this.token = token;
  }

  static async open(partitions: number): Promise<PersonsRoom> {
    for (const folder of [RULES, PROFILES]) buildService(folder);
    const ingest = await IngestRoom.open(partitions);
    const log = await DecisionLog.open(ingest.kafka, ingest.project.id);
    const room = new PersonsRoom(ingest, log, await makeTestDatabase(), await ingest.project.token('owner'));
    await room.startProfiles();
    return room;
  }

  get subjects(): readonly string[] {
    return Array.from({ length: SUBJECTS }, (_, i) => `broker:b-${i}`);
  }

  /** The one before is killed. */
  async startProfiles(): Promise<void> {
    await this.running.profiles?.kill('SIGKILL');
    this.running.profiles = await startService(PROFILES, this.environment);
    await this.taken('profiles', 'features');
  }

  /** One more; calls go to the one that was started last. */
  async startRules(): Promise<void> {
    const url = this.running.profiles!.url;
    this.running.rules.push(await startService(RULES, { ...this.environment, PROFILE_STORE_URL: url }));
    await this.taken('rules', 'rules');
  }

  /** SIGKILL for the rule-engine that was started first. */
  async killRules(): Promise<void> {
    await this.running.rules.shift()!.kill('SIGKILL');
  }

  async close(): Promise<void> {
    await endServices();
    await this.log.close();
    await this.database.drop();
    await this.ingest.remove();
  }

  /** @returns the answer's body, with its status as `http` */
  async call(
    service: Service,
    method: string,
    route: string,
    body?: unknown,
    language = 'en',
  ): Promise<Record<string, unknown> & { readonly http: number }> {
    const process = service === 'rules' ? this.running.rules.at(-1) : this.running.profiles;
    const response = await fetch(`${process!.url}/v1/projects/${this.ingest.project.id}/${route}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        'accept-language': language,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { ...(text === '' ? {} : (JSON.parse(text) as object)), http: response.status };
  }

  /** As `call`; anything but success is an error of the test. */
  async must(...asked: Parameters<PersonsRoom['call']>): Promise<Record<string, unknown>> {
    const answer = await this.call(...asked);
    if (answer.http >= 300) throw new Error(JSON.stringify(answer));
    return answer;
  }

  /** Publishes a feature, and waits until it is answered. */
  async feature(id: string, draft: Partial<FeatureDraft>): Promise<void> {
    await this.must('profiles', 'PUT', `features/${id}`, { name: id, ...draft });
    await this.must('profiles', 'POST', `features/${id}/publish`);
    await eventually(
      `"${id}" is answered`,
      async () => ((await this.call('profiles', 'GET', `features/${id}`))['status'] === 'live' ? true : undefined),
      40_000,
    );
    await eventually(`rule-engine knows "${id}"`, async () => {
      const draft = { ...ANY, conditions: { all: [{ fact: 'feature', params: { id }, operator: 'equal', value: 0 }] } };
      const { problems } = await this.call('rules', 'POST', 'rules/check', draft);
      return JSON.stringify(problems).includes('unfit-feature') ? undefined : true;
    });
  }

  /** Profile-store tells of these features for rules. */
  subscribed(...features: readonly string[]): Promise<true> {
    return eventually(
      `profile-store tells of ${features.join()}`,
      async () => {
        const answer = await this.call('profiles', 'GET', 'subscriptions/rule-engine');
        return JSON.stringify(answer['features'] ?? []) === JSON.stringify(features) ? true : undefined;
      },
      20_000,
    );
  }

  async write(type: string, subjects: readonly string[], data: Record<string, unknown> = {}): Promise<HermesEvent[]> {
    const now = new Date().toISOString();
    const events = subjects.map((subject) => this.ingest.event({ type, subject, time: now, receivedat: now, data }));
    await this.ingest.write(events);
    this.arrived.push(...events);
    return events;
  }

  /** Writes events of both types until `work` is done. */
  async whileEventsFlow(work: () => Promise<void>): Promise<void> {
    let flows = true;
    const flowing = (async () => {
      for (let n = 0; flows; n++) {
        await this.write(
          n % 3 === 0 ? 'a' : 'b',
          this.subjects.filter((_, i) => (n + i) % 2 === 0),
        );
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

  decisionsOf(ruleId: string): readonly Decision[] {
    return this.log.decisions.filter((decision) => decision.ruleId === ruleId);
  }

  /** How many events of a type of the subject stand before the event, or are it. */
  countUpTo(eventId: string, type: string): number {
    const at = this.arrived.findIndex(({ id }) => id === eventId);
    const { subject } = this.arrived[at]!;
    return this.arrived.slice(0, at + 1).filter((one) => one.subject === subject && one.type === type).length;
  }

  /** Asks the rule about every subject until what is known of each is what it should be. */
  settled(ruleId: string, expected: (subject: string) => unknown): Promise<ReadonlyMap<string, Decision>> {
    return eventually(
      `what "${ruleId}" knows of each person`,
      async () => {
        const asked = await this.write('a', this.subjects);
        const ids = new Set(asked.map(({ id }) => id));
        const decided = await eventually('their decisions', () => {
          const those = this.decisionsOf(ruleId).filter(({ event }) => ids.has(event.id));
          return those.length === ids.size ? those : undefined;
        });
        const isRight = decided.every(({ subject, person }) => person?.[0]?.value === expected(subject));
        return isRight ? new Map(decided.map((one) => [one.subject, one])) : undefined;
      },
      40_000,
    );
  }

  private get environment(): Record<string, string> {
    return {
      DATABASE_URL: this.database.url,
      INGEST_URL: this.ingest.ingest.url,
      KAFKA_SESSION_TIMEOUT_MS: '6000',
    };
  }

  private taken(service: Service, route: string): Promise<true> {
    return eventually('the project is taken up', async () =>
      (await this.call(service, 'GET', route)).http === 200 ? true : undefined,
    );
  }
}

/** Fires on every event of type `a`; conditions are to be put in. */
export const ANY = {
  name: 'Any',
  eventTypes: ['a'],
  event: { type: 'asked' },
  severity: 'info',
  alert: false,
  tests: [{ name: 'any', event: { data: {} }, fires: true }],
};

/** Fires on every event of type `a`, and asks for this of the person. */
export const askingPerson = (params: Readonly<Record<string, string>>) => ({
  ...ANY,
  conditions: {
    any: [
      { fact: 'event', path: '$.type', operator: 'equal', value: 'a' },
      { fact: 'person', params, operator: 'equal', value: 'never' },
    ],
  },
});
