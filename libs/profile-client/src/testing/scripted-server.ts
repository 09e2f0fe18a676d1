import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (response: ServerResponse, request: SeenRequest) => void;

/** An HTTP server that answers each request by the next answer of its script, and by `otherwise` when that is used up. */
export class ScriptedServer {
  readonly seen: SeenRequest[] = [];
  script: Answer[] = [];
  otherwise: Answer = (response) => response.writeHead(500).end();
  connections = 0;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.take(request, response));
    this.server.on('connection', () => this.connections++);
  }

  static async open(): Promise<ScriptedServer> {
    const opened = new ScriptedServer();
    await new Promise<void>((resolve) => opened.server.listen(0, '127.0.0.1', resolve));
    return opened;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.seen.length = 0;
    this.script = [];
    this.connections = 0;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request) pieces.push(piece as Buffer);
    } catch {
      return; // The client went away.
    }
    const { method = '', url = '', headers } = request;
    const seen = { method, url, headers, body: Buffer.concat(pieces).toString() };
    this.seen.push(seen);
    (this.script.shift() ?? this.otherwise)(response, seen);
  }
}

export const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const problem = (status: number, code: string, extra: object = {}, headers = {}): Answer =>
  json(
    status,
    { type: `urn:hermes:problem:${code}`, title: code, status, code, detail: `${code} in words`, ...extra },
    { 'content-type': 'application/problem+json', ...headers },
  );

/** The connection breaks before anything is answered. */
export const reset: Answer = (response) => void response.socket?.resetAndDestroy();

/** The connection breaks in the middle of the body. */
export const cutShort: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"project":"demo",');
  setTimeout(() => response.socket?.destroy(), 5);
};

/** Nothing for so long, then `answer`. */
export const late =
  (afterMs: number, answer: Answer): Answer =>
  (response, request) =>
    void setTimeout(() => {
      if (!response.destroyed) answer(response, request);
    }, afterMs).unref();

export const silence: Answer = () => undefined;

/** What profile-store answers for a subject: `value` for each feature that was asked for. */
export const profileOf = (subject: string, features: readonly string[], value: unknown = 3): object => ({
  project: 'demo',
  subject,
  known: true,
  features: Object.fromEntries(
    features.map((feature) => [
      feature,
      { value, version: 1, interval: { from: null, to: '2026-01-01T00:00:00.000Z' } },
    ]),
  ),
});

/** Answers single reads and batches as profile-store does. */
export const reads: Answer = (response, { method, url, body }) => {
  if (method === 'POST') {
    const { subjects, features } = JSON.parse(body) as { subjects: string[]; features: string[] };
    json(200, { profiles: subjects.map((subject) => profileOf(subject, features)) })(response, {} as SeenRequest);
    return;
  }
  const { pathname, searchParams } = new URL(url, 'http://here');
  const subject = decodeURIComponent(pathname.split('/').at(-1) ?? '');
  const features = (searchParams.get('features') ?? '').split(',');
  json(200, profileOf(subject, features))(response, {} as SeenRequest);
};
