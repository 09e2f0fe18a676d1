import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WEBHOOK_HEADERS, WebhookBody } from '@hermes/contracts/alert';

export interface Arrival {
  readonly key: string;
  readonly body: WebhookBody;
  /** The body as it came, and the headers that sign it. */
  readonly raw: string;
  readonly signed: { readonly id: string; readonly timestamp: string; readonly signature: string };
  /** Milliseconds since 1970, with fractions, on this process's clock. */
  readonly atMs: number;
}

/** Milliseconds since 1970 with fractions, monotonic within this process. */
export const preciseNowMs = (): number => performance.timeOrigin + performance.now();

/** What a receiver does with an arrival; a number is the HTTP status of its answer (default 204). */
export type OnArrival = (arrival: Arrival) => number | void;

/** A receiver of webhooks inside this process. */
export class WebhookReceiver {
  private readonly server: Server;
  private readonly onArrival: OnArrival;

  private constructor(onArrival: OnArrival) {
    this.onArrival = onArrival;
    this.server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const atMs = preciseNowMs();
        const raw = Buffer.concat(chunks).toString();
        const header = (name: string): string => String(request.headers[name]);
        const status = this.onArrival({
          key: header(WEBHOOK_HEADERS.idempotencyKey),
          body: WebhookBody.parse(JSON.parse(raw)),
          raw,
          signed: {
            id: header(WEBHOOK_HEADERS.id),
            timestamp: header(WEBHOOK_HEADERS.timestamp),
            signature: header(WEBHOOK_HEADERS.signature),
          },
          atMs,
        });
        response.writeHead(status ?? 204).end();
      });
    });
  }

  static async open(onArrival: OnArrival): Promise<WebhookReceiver> {
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
