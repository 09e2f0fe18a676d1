import { type MemberDraft, NewKey, type ProjectDraft, REQUEST_HEADER } from '@hermes/contracts/console-api';
import type { KeyScope } from '@hermes/contracts/control';
import { EventType, type EventTypeDraft } from '@hermes/contracts/event-type';
import { z } from 'zod';
import { RequestRefused, refusalOf, untilAnswered } from './ingest-client.ts';

/** A new project reaches the services through a topic: for this long a 404 or a 401 from behind the console is repeated. */
const SETTLE_MS = 30_000;
const REPEAT_MS = 100;

const KeyList = z.object({ keys: z.array(z.object({ id: z.string() })) });

/** The console's API as a signed-in person uses it. */
export class ConsoleClient {
  private readonly url: string;
  /** The session's cookie, for calls that this class does not make. */
  readonly cookie: string;

  private constructor(url: string, cookie: string) {
    this.url = url;
    this.cookie = cookie;
  }

  /** @throws RequestRefused when the password is wrong */
  static async signIn(url: string, email: string, password: string): Promise<ConsoleClient> {
    const response = await untilAnswered(
      () =>
        fetch(`${url}/api/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', [REQUEST_HEADER]: '1' },
          body: JSON.stringify({ email, password }),
        }),
      { giveUpAfterMs: SETTLE_MS },
    );
    if (!response.ok) throw await refusalOf(response);
    const cookie = response.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0])
      .join('; ');
    return new ConsoleClient(url, cookie);
  }

  /** Makes the project when it is not there yet; one that is stays as it is. */
  async ensureProject(draft: z.input<typeof ProjectDraft>): Promise<void> {
    const response = await this.call('GET', '/api/projects');
    const { projects } = z.object({ projects: z.array(z.object({ id: z.string() })) }).parse(await response.json());
    if (projects.some(({ id }) => id === draft.id)) return;
    try {
      await this.call('POST', '/api/projects', draft);
    } catch (error) {
      // Somebody else was quicker.
      if (!(error instanceof RequestRefused && error.status === 409)) throw error;
    }
  }

  /** Gives a person a role in the project; somebody new gets an account with the password. */
  async putMember(project: string, email: string, draft: z.input<typeof MemberDraft>): Promise<void> {
    await this.call('PUT', `/api/projects/${project}/members/${encodeURIComponent(email)}`, draft);
  }

  async keyIds(project: string): Promise<readonly string[]> {
    const response = await this.call('GET', `/api/projects/${project}/keys`);
    return KeyList.parse(await response.json()).keys.map(({ id }) => id);
  }

  /** The key's text, shown this once. */
  async newKey(
    project: string,
    name: string,
    scopes: readonly KeyScope[],
  ): Promise<{ readonly id: string; readonly key: string }> {
    const response = await this.call('POST', `/api/projects/${project}/keys`, { name, scopes });
    return NewKey.parse(await response.json());
  }

  async revokeKey(project: string, id: string): Promise<void> {
    await this.call('DELETE', `/api/projects/${project}/keys/${id}`);
  }

  /** The event types in force in the project. */
  async eventTypes(project: string): Promise<readonly EventType[]> {
    const response = await this.service('ingest', 'GET', `projects/${project}/event-types`);
    return z.object({ eventTypes: z.array(EventType) }).parse(await response.json()).eventTypes;
  }

  /** Puts an event type into the catalogue; the same content again makes no new version. */
  async putEventType(project: string, type: string, draft: EventTypeDraft): Promise<void> {
    await this.service('ingest', 'PUT', `projects/${project}/event-types/${type}`, draft);
  }

  /** A call to a service through the console; waits while the service does not know the project yet. */
  async service(service: string, method: string, path: string, body?: unknown): Promise<Response> {
    const startedMs = performance.now();
    for (;;) {
      try {
        return await this.call(method, `/api/${service}/v1/${path}`, body);
      } catch (error) {
        const unsettled = error instanceof RequestRefused && (error.status === 401 || error.status === 404);
        if (!unsettled || performance.now() - startedMs > SETTLE_MS) throw error;
        await new Promise((resolve) => setTimeout(resolve, REPEAT_MS));
      }
    }
  }

  private async call(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await untilAnswered(
      () =>
        fetch(`${this.url}${path}`, {
          method,
          headers: {
            cookie: this.cookie,
            [REQUEST_HEADER]: '1',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(30_000),
        }),
      { giveUpAfterMs: SETTLE_MS },
    );
    if (!response.ok) throw await refusalOf(response);
    return response;
  }
}
