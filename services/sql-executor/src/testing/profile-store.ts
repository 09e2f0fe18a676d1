import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProfileBatch, type ProfileBatchAnswer } from '@hermes/contracts/profile';
import { verifyServiceToken } from '@hermes/service-kit/service-token';
import type { ProfileStoreAccess } from '../runs/messages.ts';
import type { KnownFeature } from '../targets/profile-features.ts';

const SECRET = 'a secret of tests, long enough for the schema';

/** Speaks profile-store's contract over values that the test sets; can be away. */
export class ScriptedProfileStore {
  /** Subject -> feature -> value; a subject that is not here is unknown. */
  readonly profiles = new Map<string, Readonly<Record<string, unknown>>>();
  features: readonly KnownFeature[] = [];
  /** Subjects of each batch that was answered. */
  readonly asked: (readonly string[])[] = [];
  private server: Server | undefined;
  private port = 0;

  get access(): ProfileStoreAccess {
    return { url: `http://127.0.0.1:${this.port}`, secret: SECRET };
  }

  /** Begins to answer, under the same address as before. */
  async open(): Promise<void> {
    const server = createServer((request, response) => void this.answer(request, response));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  /** Breaks every connection and takes none. */
  async close(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if ((await verifyServiceToken(SECRET, token)) !== 'sql-executor') return send(401, { code: 'unauthorized' });
    const project = request.url?.split('/')[3] ?? '';
    if (request.method === 'GET') return send(200, { features: this.features });
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { subjects, features = [] } = ProfileBatch.parse(JSON.parse(Buffer.concat(parts).toString()));
    const unknown = features.find((name) => !this.features.some(({ id }) => id === name));
    if (unknown !== undefined)
      return send(404, {
        code: 'unknown-feature',
        detail: `No live feature is called '${unknown}'. Live features: ${this.features.map(({ id }) => id).join(', ')}.`,
        didYouMean: [],
      });
    this.asked.push(subjects);
    const interval = { from: null, to: null };
    send(200, {
      profiles: subjects.map((subject) => {
        const values = this.profiles.get(subject);
        return {
          project,
          subject,
          known: values !== undefined,
          features: Object.fromEntries(
            Object.entries(values ?? {})
              .filter(([name]) => features.includes(name))
              .map(([name, value]) => [name, { value, version: 1, interval }]),
          ),
        };
      }),
    } satisfies ProfileBatchAnswer);
  }
}
