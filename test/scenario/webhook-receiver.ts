import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WEBHOOK_HEADERS, WebhookBody } from '@hermes/contracts/alert';

export interface Arrival {
  readonly key: string;
  readonly body: WebhookBody;
  /** Milliseconds since 1970, with fractions, on this process's clock. */
  readonly atMs: number;
}

/** Milliseconds since 1970 with fractions, monotonic within this process. */
export const preciseNowMs = (): number => performance.timeOrigin + performance.now();

/** A receiver of webhooks inside this process. It answers first and reads the body afterwards. */
export class WebhookReceiver {
  private readonly server: Server;
  private readonly onArrival: (arrival: Arrival) => void;

  private constructor(onArrival: (arrival: Arrival) => void) {
    this.onArrival = onArrival;
    this.server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const atMs = preciseNowMs();
        response.writeHead(204).end();
        const body = WebhookBody.parse(JSON.parse(Buffer.concat(chunks).toString()));
        this.onArrival({ key: String(request.headers[WEBHOOK_HEADERS.idempotencyKey]), body, atMs });
      });
    });
  }

  static async open(onArrival: (arrival: Arrival) => void): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(onArrival);
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
