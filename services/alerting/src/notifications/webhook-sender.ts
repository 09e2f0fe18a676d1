import { type AttemptOutcome, parseRetryAfter } from '@hermes/alerts/delivery';
import type { WebhookRequest } from '@hermes/alerts/webhook-message';
import { Agent, request } from 'undici';
import { PrivateAddressError, publicLookup, refusedHost } from '@hermes/connectors/http/private-addresses';

export interface WebhookSenderOptions {
  readonly timeoutMs: number;
  readonly arePrivateAddressesAllowed: boolean;
  /** Connections to one receiver. */
  readonly connections: number;
}

/** Bytes of an answer that are read to keep its connection; a longer answer costs the connection. */
const ANSWER_LIMIT_BYTES = 65_536;

/** Posts webhooks over kept-alive connections. Redirects are not followed: a receiver's answer must not choose where we connect. */
export class WebhookSender {
  private readonly options: WebhookSenderOptions;
  private readonly agent: Agent;

  constructor(options: WebhookSenderOptions) {
    this.options = options;
    this.agent = new Agent({
      connections: options.connections,
      keepAliveTimeout: 30_000,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      connect: {
        timeout: Math.min(5_000, options.timeoutMs),
        ...(options.arePrivateAddressesAllowed ? {} : { lookup: publicLookup }),
      },
    });
  }

  /** One attempt, in at most `timeoutMs`. Never rejects: what went wrong is the outcome. */
  async send(url: string, message: WebhookRequest): Promise<AttemptOutcome> {
    const refused = this.options.arePrivateAddressesAllowed ? undefined : refusedHost(new URL(url));
    if (refused !== undefined) return { kind: 'forbidden', reason: refused };
    const limit = AbortSignal.timeout(this.options.timeoutMs);
    try {
      const answer = await request(url, {
        method: 'POST',
        headers: message.headers,
        body: message.body,
        dispatcher: this.agent,
        signal: limit,
      });
      await answer.body.dump({ limit: ANSWER_LIMIT_BYTES }).catch(() => undefined);
      const retryAfter = answer.headers['retry-after'];
      const retryAfterMs = parseRetryAfter(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, Date.now());
      return { kind: 'answered', status: answer.statusCode, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    } catch (error) {
      if (error instanceof PrivateAddressError) return { kind: 'forbidden', reason: error.message };
      if (limit.aborted)
        return { kind: 'unreachable', reason: `no answer within ${String(this.options.timeoutMs)} ms` };
      return { kind: 'unreachable', reason: reasonOf(error) };
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return error.message === '' ? code : `${code}: ${error.message}`.slice(0, 300);
}
