import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook } from '@hermes/alerts/webhook-message';
import { WEBHOOK_HEADERS, WebhookBody } from '@hermes/contracts/alert';

/** How the receiver answers one request: a status, or never. */
export type Answer =
  number | 'silence' | { readonly status: number; readonly headers: Readonly<Record<string, string>> };

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
  readonly atMs: number;
}

/** A real HTTP receiver that answers as told: the listed answers first, then 200. */
export class TestReceiver {
  readonly received: Received[] = [];
  private readonly server: Server;
  private answers: Answer[];

  private constructor(answers: readonly Answer[]) {
    this.answers = [...answers];
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.received.push({
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
          path: request.url ?? '',
          atMs: Date.now(),
        });
        const answer = this.answers.shift() ?? 200;
        if (answer === 'silence') return;
        if (typeof answer === 'number') response.writeHead(answer).end('ok');
        else response.writeHead(answer.status, answer.headers).end();
      });
    });
  }

  static async open(answers: readonly Answer[] = []): Promise<TestReceiver> {
    const receiver = new TestReceiver(answers);
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/hook`;
  }

  get keys(): readonly string[] {
    return this.received.map(({ headers }) => String(headers[WEBHOOK_HEADERS.idempotencyKey]));
  }

  body(at: number): WebhookBody {
    return WebhookBody.parse(JSON.parse(this.received[at]?.body ?? ''));
  }

  /** Whether every request so far carries a signature made with the secret. */
  isSignedWith(secret: string): boolean {
    return this.received.every(({ headers, body }) =>
      verifyWebhook(
        secret,
        {
          id: String(headers[WEBHOOK_HEADERS.id]),
          timestamp: String(headers[WEBHOOK_HEADERS.timestamp]),
          signatures: String(headers[WEBHOOK_HEADERS.signature]),
          body,
        },
        Math.floor(Date.now() / 1000),
      ),
    );
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Asks again until the answer is true; rejects with `what` after `limitMs`. */
export async function eventually(what: string, ask: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!(await ask())) {
    if (Date.now() > endMs) throw new Error(`did not come true within ${String(limitMs)} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
