import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import type { RuleDraft } from '@hermes/contracts/rule';
import {
  type RuleAuditLine,
  RuleAudit,
  RuleDraftView,
  type RuleVersion,
  RuleVersions,
} from '@hermes/contracts/rule-api';
import {
  buildService,
  endServices,
  type ServiceProcess,
  serverUrl,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { makeTestProject, type TestProject } from '@hermes/service-kit/testing/test-project';

const FOLDER = new URL('../../', import.meta.url);
const ROLES = ['viewer', 'editor', 'approver', 'owner'] as const;
/** Each is another person. */
export type Person = (typeof ROLES)[number];

export const emailOf = (person: Person): string => `${person}@example.org`;

export interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A rule that fires on deals above the price, with a test that says so. */
export const ruleOver = (price: number, more: Partial<RuleDraft> = {}): RuleDraft => ({
  name: `Over ${price}`,
  eventTypes: ['deal.signed'],
  conditions: { all: [{ fact: 'event', path: '$.data.price', operator: 'greaterThan', value: price }] },
  event: { type: 'big-deal' },
  severity: 'warning',
  alert: true,
  tests: [{ name: 'just above', event: { data: { price: price + 1 } }, fires: true }],
  ...more,
});

/** A project of its own on a rule-engine of its own, with one person of each role. */
export class RulesRoom {
  readonly kafka: KafkaDriver;
  readonly project: TestProject;
  readonly database: TestDatabase;
  private readonly tokens: ReadonlyMap<Person, string>;
  private readonly running = new Map<string, ServiceProcess>();
  private readonly settings: Readonly<Record<string, string>>;
  private started = 0;

  private constructor(
    kafka: KafkaDriver,
    project: TestProject,
    database: TestDatabase,
    tokens: ReadonlyMap<Person, string>,
    settings: Readonly<Record<string, string>>,
  ) {
    this.kafka = kafka;
    this.project = project;
    this.database = database;
    this.tokens = tokens;
    this.settings = settings;
  }

  /** @param settings - of each process, besides */
  static async open(partitions = 2, settings: Readonly<Record<string, string>> = {}): Promise<RulesRoom> {
    buildService(FOLDER);
    const kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'rule-life-test' });
    const project = await makeTestProject(kafka, partitions);
    const tokens = await Promise.all(ROLES.map(async (role) => [role, await project.token(role)] as const));
    const room = new RulesRoom(kafka, project, await makeTestDatabase(), new Map(tokens), settings);
    await room.start();
    return room;
  }

  /** One more process, and the name under which PostgreSQL knows it; calls go to the one that was started last and runs. */
  async start(): Promise<string> {
    const name = `process-${++this.started}`;
    const url = new URL(this.database.url);
    url.searchParams.set('application_name', name);
    const service = await startService(FOLDER, {
      ...this.settings,
      DATABASE_URL: url.href,
      KAFKA_SESSION_TIMEOUT_MS: '6000',
    });
    this.running.set(name, service);
    return name;
  }

  processes(): readonly string[] {
    return [...this.running.keys()];
  }

  /** SIGKILL. */
  async kill9(name: string): Promise<void> {
    const service = this.running.get(name);
    this.running.delete(name);
    await service?.kill('SIGKILL');
  }

  call(
    as: Person,
    method: string,
    path: string,
    body?: unknown,
    ifMatch?: string | null,
    language = 'en',
  ): Promise<Answer> {
    return this.answer(as, method, path, {
      headers: {
        'accept-language': language,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(typeof ifMatch === 'string' ? { 'if-match': ifMatch } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** A body that is no JSON. */
  upload(as: Person, path: string, body: string, type: string): Promise<Answer> {
    return this.answer(as, 'POST', path, { headers: { 'content-type': type }, body });
  }

  private async answer(
    as: Person,
    method: string,
    path: string,
    { headers, body }: { readonly headers: Record<string, string>; readonly body?: string },
  ): Promise<Answer> {
    const response = await fetch(`${[...this.running.values()].at(-1)?.url}/v1/projects/${this.project.id}/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.tokens.get(as)}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return {
      status: response.status,
      etag: response.headers.get('etag'),
      body: text === '' ? {} : (JSON.parse(text) as Answer['body']),
    };
  }

  /** `404`, or `409 own-draft`: what a refusal comes to. */
  async outcome(...asked: Parameters<RulesRoom['call']>): Promise<string> {
    const { status, body } = await this.call(...asked);
    return status < 400 ? String(status) : `${status} ${String(body['code'])}`;
  }

  /** Saves a draft and reads what is kept of it. */
  async draft(id: string, draft: RuleDraft, as: Person = 'editor'): Promise<RuleDraftView> {
    return RuleDraftView.parse((await this.call(as, 'PUT', `rules/${id}/draft`, draft)).body);
  }

  /** Newest first. */
  async audit(id: string): Promise<readonly RuleAuditLine[]> {
    return RuleAudit.parse((await this.call('viewer', 'GET', `rules/${id}/audit`)).body).audit;
  }

  /** Newest first. */
  async versions(id: string): Promise<readonly RuleVersion[]> {
    return RuleVersions.parse((await this.call('viewer', 'GET', `rules/${id}/versions`)).body).versions;
  }

  async close(): Promise<void> {
    await endServices();
    await this.project.remove();
    await this.kafka.close();
    await this.database.drop();
  }
}
